/** Brings built images to where a cluster finds them: into kind, minikube or containerd, or to a registry. */
import type { BuiltImage } from './build.ts';
import { runCommand } from './command.ts';
import { ImageError } from './image-error.ts';

/** Where images go. `cluster` and `profile` are what kind and minikube call a cluster's name. */
export type LoadTarget =
  | { readonly kind: 'kind'; readonly cluster: string }
  | { readonly kind: 'minikube'; readonly profile: string }
  | { readonly kind: 'containerd'; readonly address: string };

export const DEFAULT_KIND_CLUSTER = 'kind';
export const DEFAULT_MINIKUBE_PROFILE = 'minikube';
export const DEFAULT_CONTAINERD_ADDRESS = '/run/containerd/containerd.sock';

/** Where the kubelet looks for images in containerd. */
const KUBELET_NAMESPACE = 'k8s.io';

type Archive = Pick<BuiltImage, 'name' | 'archive'>;

/** Loads one archive after the other; `onImage` hears each before it starts. Throws ImageError with what the tool said. */
export async function loadImages(
  images: readonly Archive[],
  target: LoadTarget,
  onImage: (name: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const { name, archive } of images) {
    onImage(name);
    const [program, ...args] = makeLoadCommand(target, archive);
    await runCommand(program, args, { purpose: `loading the image ${name} into ${target.kind}` }, signal);
  }
}

/** The command line that loads an archive. Pure. */
export function makeLoadCommand(target: LoadTarget, archive: string): [string, ...string[]] {
  switch (target.kind) {
    case 'kind':
      return ['kind', 'load', 'image-archive', archive, '--name', target.cluster];
    case 'minikube':
      return ['minikube', 'image', 'load', archive, '--profile', target.profile];
    case 'containerd':
      return [
        'ctr',
        '--address',
        target.address,
        '--namespace',
        KUBELET_NAMESPACE,
        'images',
        'import',
        '--local',
        archive,
      ];
  }
}

export interface PushOptions {
  /** Host, port and, if need be, a path: `registry.example.org:5000/podium`. */
  readonly registry: string;
  /** Without TLS; a registry on this machine is always spoken to so. */
  readonly isPlainHttp: boolean;
}

/**
 * Pushes every name of every image and returns the names that they have there. Credentials are those that
 * `skopeo login` or `docker login` have stored. Throws ImageError IMAGES_TARGET for a registry that is no host,
 * IMAGES_STEP_FAILED with what the registry answered.
 */
export async function pushImages(
  images: readonly Pick<BuiltImage, 'archive' | 'refs'>[],
  { registry, isPlainHttp }: PushOptions,
  onRef: (ref: string) => void,
  signal?: AbortSignal,
): Promise<string[]> {
  if (!REGISTRY.test(registry)) {
    throw new ImageError('IMAGES_TARGET', `“${registry}” is not a registry. Say host[:port][/path], without https://.`);
  }
  const isOnThisMachine = /^(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(registry);
  const pushed = [];
  for (const { archive, refs } of images) {
    for (const ref of refs) {
      const target = refInRegistry(ref, registry);
      onRef(target);
      const tls = `--dest-tls-verify=${!(isPlainHttp || isOnThisMachine)}`;
      // Registries may refuse what no policy file allows; whether we trust our own archive is no question.
      const args = ['--insecure-policy', 'copy', '--quiet', tls, `oci-archive:${archive}:${ref}`, `docker://${target}`];
      await runCommand('skopeo', args, { purpose: `pushing ${target}` }, signal);
      pushed.push(target);
    }
  }
  return pushed;
}

const REGISTRY = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:\d+)?(\/[a-z0-9][a-z0-9._/-]*)?$/;

/**
 * The name that an image has in a registry: its own without the host in front. `docker.io/library/nginx:latest`
 * becomes `REGISTRY/library/nginx:latest`, which is where a container runtime looks that has REGISTRY as its mirror.
 */
export function refInRegistry(ref: string, registry: string): string {
  return `${registry.replace(/\/+$/, '')}/${ref.slice(ref.indexOf('/') + 1)}`;
}
