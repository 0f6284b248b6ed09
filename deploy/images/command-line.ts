/** What `npm run images` and `podium images` understand. Pure. */
import { parseArgs } from 'node:util';
import {
  DEFAULT_CONTAINERD_ADDRESS,
  DEFAULT_KIND_CLUSTER,
  DEFAULT_MINIKUBE_PROFILE,
  type LoadTarget,
  type PushOptions,
} from './load.ts';

type ImagesCommand =
  | { readonly name: 'build' | 'list' | 'lock' }
  | { readonly name: 'load'; readonly target: LoadTarget }
  | { readonly name: 'push'; readonly push: PushOptions };

export interface ImagesInvocation {
  readonly command: ImagesCommand;
  readonly mirror: string | undefined;
  readonly isLockStrict: boolean;
}

export type ParsedInvocation =
  { readonly ok: true; readonly invocation: ImagesInvocation } | { readonly ok: false; readonly reason: string };

export const IMAGES_USAGE = `Usage: podium images COMMAND
  build                       build all images (nothing is built twice)
  list                        names, sizes and archives
  lock                        record the Debian packages that are served today
  load kind [--name NAME]     load them into a kind cluster
  load minikube [--name PROFILE]
  load containerd [--address SOCKET]
  push REGISTRY [--plain-http]
Options
  --mirror URL                take Debian packages from there
  --locked                    refuse packages other than the recorded ones`;

const OPTIONS = {
  name: { type: 'string' },
  address: { type: 'string' },
  mirror: { type: 'string' },
  locked: { type: 'boolean', default: false },
  'plain-http': { type: 'boolean', default: false },
} as const;

/** Never throws: a mistake is a reason that can be shown. */
export function parseImagesArguments(args: readonly string[]): ParsedInvocation {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const command = readCommand(positionals, values);
    if (typeof command === 'string') return { ok: false, reason: command };
    return { ok: true, invocation: { command, mirror: values.mirror, isLockStrict: values.locked } };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

interface Values {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly 'plain-http': boolean;
}

/** The command, or what is wrong with it. */
function readCommand([command, operand, ...more]: readonly string[], values: Values): ImagesCommand | string {
  if (more.length > 0) return `“${more.join(' ')}” is too much.`;
  switch (command) {
    case 'build':
    case 'list':
    case 'lock':
      return operand === undefined ? { name: command } : `${command} takes no “${operand}”.`;
    case 'load': {
      const target = readTarget(operand, values);
      return target ? { name: 'load', target } : 'Load into what? There are kind, minikube and containerd.';
    }
    case 'push':
      if (operand === undefined) return 'Push to which registry? Say host[:port][/path].';
      return { name: 'push', push: { registry: operand, isPlainHttp: values['plain-http'] } };
    case undefined:
      return 'Which command?';
    default:
      return `“${command}” is not a command.`;
  }
}

function readTarget(operand: string | undefined, { name, address }: Values): LoadTarget | undefined {
  switch (operand) {
    case 'kind':
      return { kind: 'kind', cluster: name ?? DEFAULT_KIND_CLUSTER };
    case 'minikube':
      return { kind: 'minikube', profile: name ?? DEFAULT_MINIKUBE_PROFILE };
    case 'containerd':
      return { kind: 'containerd', address: address ?? DEFAULT_CONTAINERD_ADDRESS };
    default:
      return undefined;
  }
}
