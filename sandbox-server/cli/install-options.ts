/** What `podium install` understands. Pure. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseRuntimeClass } from '../runtime-class.ts';

export interface InstallInvocation {
  readonly mode: 'print' | 'apply';
  readonly context: string;
  readonly kubeconfigPath: string;
  /** Images that learners may use besides those of Podium, written in full. */
  readonly imageNames: readonly string[];
  /** Under which all that learners start runs. */
  readonly runtimeClass: string | undefined;
  /** Whether a pod on each node has the images brought there ahead. */
  readonly holdsImages: boolean;
  /** Where to write the kubeconfigs of Podium's own accounts, after applying. */
  readonly serverKubeconfig: string | undefined;
  readonly janitorKubeconfig: string | undefined;
}

export type ParsedInstall =
  { readonly ok: true; readonly invocation: InstallInvocation } | { readonly ok: false; readonly reason: string };

export const INSTALL_USAGE = `Usage: podium install --context NAME --print | --apply
  --context NAME              the cluster, as your kubeconfig calls it; never taken unasked
  --print                     what would be applied, as YAML; changes nothing
  --apply                     put it there; again after each update, with the same result
Options
  --kubeconfig FILE           yours; otherwise KUBECONFIG, or ~/.kube/config
  --image NAME                one more image that learners may use, written in full; may be repeated
  --hold-images               a pod on each node, which has it pull the images ahead of the first learner
  --runtime-class NAME        the RuntimeClass under which all runs that learners start; give the server the same
  --server-kubeconfig FILE    with --apply: writes there what the server signs in with, valid for a day
  --janitor-kubeconfig FILE   the same for the janitor`;

const OPTIONS = {
  print: { type: 'boolean', default: false },
  apply: { type: 'boolean', default: false },
  context: { type: 'string' },
  kubeconfig: { type: 'string' },
  image: { type: 'string', multiple: true, default: [] as string[] },
  'hold-images': { type: 'boolean', default: false },
  'runtime-class': { type: 'string' },
  'server-kubeconfig': { type: 'string' },
  'janitor-kubeconfig': { type: 'string' },
} as const;

/** A name without its registry or tag could mean several images, and none is what a pod would be judged by. */
const FULL_IMAGE_NAME = /^[^/\s]+[.:][^/\s]*\/\S+[:@]\S+$/u;

export interface InstallSurroundings {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Never throws: a mistake is a reason that can be shown. */
export function parseInstallArguments(args: readonly string[], surroundings: InstallSurroundings): ParsedInstall {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const { print, apply, context, image: imageNames, 'hold-images': holdsImages } = values;
    const { 'server-kubeconfig': serverKubeconfig, 'janitor-kubeconfig': janitorKubeconfig } = values;
    if (print === apply) return refuse('Say either --print, to look, or --apply.');
    if (context === undefined)
      return refuse('Which cluster? Say --context; "kubectl config get-contexts" lists yours.');
    if (print && (serverKubeconfig ?? janitorKubeconfig) !== undefined)
      return refuse('A kubeconfig needs its account to be there: say --apply.');
    const short = imageNames.find((name) => !FULL_IMAGE_NAME.test(name));
    if (short !== undefined) {
      return refuse(`--image ${short} is not a full name. Write registry and tag: docker.io/library/nginx:1.31.`);
    }
    const runtimeClass = parseRuntimeClass(values['runtime-class']);
    const kubeconfigPath = values.kubeconfig ?? defaultKubeconfig(surroundings);
    const mode = print ? 'print' : 'apply';
    const files = { kubeconfigPath, serverKubeconfig, janitorKubeconfig };
    return { ok: true, invocation: { mode, context, imageNames, runtimeClass, holdsImages, ...files } };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(reason: string): ParsedInstall {
  return { ok: false, reason };
}

/** The first file that kubectl would read. */
function defaultKubeconfig({ home, environment }: InstallSurroundings): string {
  const [first = ''] = (environment['KUBECONFIG'] ?? '').split(':');
  return first === '' ? join(home, '.kube', 'config') : first;
}
