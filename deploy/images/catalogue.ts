/**
 * The names of every image that Podium brings along: ours, and those that textbooks use.
 * Pure: the admission policy, the docs and the build all read the same list.
 */

/**
 * Who an image is for: the cluster itself, learners and their labs, the server, which puts it beside a lab's; or it is
 * the server, which `npm start` runs without one.
 */
export type ImageKind = 'system' | 'lab' | 'sandbox' | 'server';

/** One Dockerfile, and the names that what it makes answers to. */
export interface CatalogueImage {
  /** Unique; also the folder of the Dockerfile. */
  readonly name: string;
  readonly kind: ImageKind;
  readonly names: readonly ImageName[];
}

/** Names share the layers, so that their disk is used once; each has a configuration of its own. */
interface ImageName {
  /** Fully qualified, as containerd keeps it. */
  readonly ref: string;
  /** Values for the ARGs of the Dockerfile; they reach its ENV lines. */
  readonly buildArguments: Readonly<Record<string, string>>;
}

/** Upstream versions that system images carry as their tag; the same pins as in deploy/cluster. */
export const SYSTEM_VERSIONS = {
  coredns: '1.15.0',
  metricsServer: '0.9.0',
  localPathProvisioner: '0.0.30',
} as const;

/** Of this Podium: an update of the chart brings pods of another name. The same as in package.json. */
export const SERVER_VERSION = '0.1.0';

export const SERVER_IMAGE = `podium.dev/server:${SERVER_VERSION}`;

/** The version of Debian 12's nginx: what the web image really runs. A test compares it with debian.lock. */
export const NGINX_VERSION = '1.22.1';

/** Tags that kubernetes.io, its books and `helm create` ask for; all of them run Debian's nginx. */
const NGINX_TEXTBOOK_TAGS = ['latest', NGINX_VERSION, '1.14.2', '1.16.0', '1.16.1'];

export const IMAGES: readonly CatalogueImage[] = [
  image('shell', 'lab', named('podium.dev/shell:1')),
  image('web', 'lab', named('podium.dev/web:1', ...NGINX_TEXTBOOK_TAGS.map((tag) => `docker.io/library/nginx:${tag}`))),
  image(
    'tools',
    'lab',
    named('podium.dev/tools:1', 'docker.io/library/busybox:latest', 'docker.io/library/busybox:1.28'),
  ),
  image('hello', 'lab', [...version('1', 'podium.dev/hello:1'), ...version('2', 'podium.dev/hello:2')]),
  image('bootcamp', 'lab', [
    ...version('1', 'gcr.io/google-samples/kubernetes-bootcamp:v1', 'docker.io/jocatalin/kubernetes-bootcamp:v1'),
    ...version('2', 'gcr.io/google-samples/kubernetes-bootcamp:v2', 'docker.io/jocatalin/kubernetes-bootcamp:v2'),
  ]),
  image('shell-agent', 'sandbox', named('podium.dev/shell-agent:1')),
  image('server', 'server', named(SERVER_IMAGE)),
  image('pause', 'system', named('podium.dev/pause:1')),
  image('coredns', 'system', named(`podium.dev/coredns:${SYSTEM_VERSIONS.coredns}`)),
  image('metrics-server', 'system', named(`podium.dev/metrics-server:${SYSTEM_VERSIONS.metricsServer}`)),
  image(
    'local-path-provisioner',
    'system',
    named(`podium.dev/local-path-provisioner:${SYSTEM_VERSIONS.localPathProvisioner}`),
  ),
];

/** Every name that a learner's pod may use, as written in full. */
export const LAB_IMAGE_REFS: readonly string[] = IMAGES.filter(({ kind }) => kind === 'lab').flatMap(refsOf);

/**
 * All the ways in which a manifest may write a present image: `nginx`, `nginx:1.16.0`, `docker.io/nginx`,
 * `library/nginx`, `docker.io/library/nginx:latest` are one. Sorted, without repetition.
 */
export function writtenForms(refs: readonly string[]): string[] {
  return [...new Set(refs.flatMap(writtenFormsOf))].sort();
}

function writtenFormsOf(ref: string): string[] {
  const tagless = ref.endsWith(':latest') ? [ref, ref.slice(0, -':latest'.length)] : [ref];
  return tagless.flatMap((written) => {
    if (!written.startsWith('docker.io/')) return [written];
    const inHub = written.slice('docker.io/'.length);
    if (!inHub.startsWith('library/')) return [written, inHub];
    const official = inHub.slice('library/'.length);
    return [written, inHub, official, `docker.io/${official}`];
  });
}

/** The names of an image, as text. */
export function refsOf({ names }: CatalogueImage): string[] {
  return names.map(({ ref }) => ref);
}

function image(name: string, kind: ImageKind, names: readonly ImageName[]): CatalogueImage {
  return { name, kind, names };
}

function named(...refs: readonly string[]): ImageName[] {
  return refs.map((ref) => ({ ref, buildArguments: {} }));
}

function version(number: string, ...refs: readonly string[]): ImageName[] {
  return refs.map((ref) => ({ ref, buildArguments: { VERSION: number } }));
}
