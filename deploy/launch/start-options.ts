/** What `npm start -- …` accepts; all mistakes are reported at once. */
import { parseArgs } from 'node:util';
import { checkInstanceName } from '../cluster/instance.ts';

export const START_USAGE = `Usage: npm start -- [options]

  --port N               port on this machine (4321)
  --name NAME            name of the embedded cluster and of the server's data (podium)
  --driver WHICH         auto | embedded | local | none (auto: embedded where that can run, else local)
  --bundle FILE          take binaries and images from this file (npm run cluster -- export FILE) and build nothing
  --keep-cluster         leave the embedded cluster running when this ends
  --host ADDRESS         listen there instead of 127.0.0.1; needs --listen-unprotected
  --listen-unprotected   let everybody who reaches the address hold a shell
  --help                 this text`;

export type DriverChoice = 'auto' | 'embedded' | 'local' | 'none';
const driverChoices: readonly DriverChoice[] = ['auto', 'embedded', 'local', 'none'];

export interface StartOptions {
  readonly port: number;
  readonly name: string;
  readonly driver: DriverChoice;
  readonly bundle?: string;
  readonly keepCluster: boolean;
  readonly host: string;
  readonly listenUnprotected: boolean;
}

export type StartOptionsResult =
  | { readonly ok: true; readonly options: StartOptions }
  | { readonly ok: false; readonly mistakes: readonly string[] }
  | { readonly ok: 'help' };

const declared = {
  port: { type: 'string', default: '4321' },
  name: { type: 'string', default: 'podium' },
  driver: { type: 'string', default: 'auto' },
  bundle: { type: 'string' },
  'keep-cluster': { type: 'boolean', default: false },
  host: { type: 'string', default: '127.0.0.1' },
  'listen-unprotected': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export function decodeStartOptions(argv: readonly string[]): StartOptionsResult {
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: declared,
    strict: false,
    tokens: true,
  });
  if (values.help) return { ok: 'help' };
  const mistakes = tokens.flatMap((token) => {
    if (token.kind === 'positional') return [`"${token.value}" is not an option.`];
    if (token.kind === 'option' && !Object.hasOwn(declared, token.name)) return [`--${token.name} is not an option.`];
    return [];
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    mistakes.push(`--port is "${String(values.port)}"; it must be a number from 0 to 65535.`);
  }
  const name = String(values.name);
  if (!isInstanceName(name)) {
    mistakes.push(`--name is "${name}"; it must be 1 to 32 lower-case letters, digits and hyphens.`);
  }
  const driver = driverChoices.find((choice) => choice === values.driver);
  if (!driver) mistakes.push(`--driver is "${String(values.driver)}"; it must be one of ${driverChoices.join(', ')}.`);
  if (mistakes.length > 0 || !driver) return { ok: false, mistakes };
  return {
    ok: true,
    options: {
      port,
      name,
      driver,
      ...(typeof values.bundle === 'string' && { bundle: values.bundle }),
      keepCluster: values['keep-cluster'] === true,
      host: String(values.host),
      listenUnprotected: values['listen-unprotected'] === true,
    },
  };
}

function isInstanceName(name: string): boolean {
  try {
    checkInstanceName(name);
    return true;
  } catch {
    return false;
  }
}
