/** What `podium store` understands. Pure. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { options } from '../../config.ts';
import { parseDatabaseUrl } from '../../database-url.ts';
import type { Environment, Surroundings } from '../../config-options.ts';

export type Place =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: URL }
  | { readonly kind: 'file'; readonly file: string };

export interface StoreInvocation {
  readonly command: 'backup' | 'restore' | 'move';
  readonly from: Place;
  readonly to: Place;
}

export type ParsedStore =
  | { readonly ok: true; readonly invocation: StoreInvocation }
  | { readonly ok: 'help' }
  | { readonly ok: false; readonly reason: string };

export const STORE_USAGE = `Usage: podium store backup FILE
       podium store restore FILE
       podium store move --from PLACE --to PLACE
  backup     writes all that the server keeps into a new file; the server may run
  restore    brings it back, into a place where nothing is yet; the server must not run
  move       from one place to another, for example from a folder to PostgreSQL; no server may run
All rows are counted and compared, and what is read from stays as it is.
Where the server keeps it is what the server reads too: PODIUM_DATABASE_URL, or else PODIUM_DATA.
Options
  --data DIR       the data folder of the server, in place of both
  --from, --to     a data folder, or an address like postgres://podium@db.example/podium; its password in PGPASSWORD`;

const OPTIONS = {
  data: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Never throws: a mistake is a reason that can be shown. */
export function parseStoreArguments(
  args: readonly string[],
  environment: Environment,
  surroundings: Surroundings,
): ParsedStore {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [command, name, ...others] = positionals;
    if (values.help) return { ok: 'help' };
    if (command !== 'backup' && command !== 'restore' && command !== 'move') {
      return refuse(command === undefined ? 'Say what to do.' : `“${command}” is not a command of podium store.`);
    }
    const invocation = command === 'move' ? parseMove(values, surroundings) : undefined;
    if (invocation) return name === undefined ? { ok: true, invocation } : refuse(`What is “${name}”?`);
    if (values.from ?? values.to) return refuse(`--from and --to are for move. Say: podium store ${command} FILE.`);
    if (name === undefined) return refuse(`Which file? Say: podium store ${command} FILE.`);
    if (others.length > 0) return refuse(`One file at a time: what is “${others.join(' ')}”?`);
    const file: Place = { kind: 'file', file: resolve(surroundings.workingDirectory, name) };
    const server = findServer(values.data, environment, surroundings);
    const [from, to] = command === 'backup' ? [server, file] : [file, server];
    return { ok: true, invocation: { command: command === 'backup' ? 'backup' : 'restore', from, to } };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function parseMove(
  { from, to, data }: { readonly from?: string; readonly to?: string; readonly data?: string },
  surroundings: Surroundings,
): StoreInvocation {
  if (data !== undefined) throw new Error('--data is for backup and restore. Say --from and --to.');
  if (from === undefined || to === undefined) throw new Error('From where to where? Say --from and --to.');
  return { command: 'move', from: parsePlace(from, surroundings), to: parsePlace(to, surroundings) };
}

function parsePlace(given: string, { workingDirectory }: Surroundings): Place {
  const url = /^\w+:\/\//.test(given) ? parseDatabaseUrl(given) : undefined;
  return url ? { kind: 'postgres', url } : { kind: 'folder', folder: resolve(workingDirectory, given) };
}

/** As the server finds it. */
function findServer(data: string | undefined, environment: Environment, surroundings: Surroundings): Place {
  if (data !== undefined) return { kind: 'folder', folder: resolve(surroundings.workingDirectory, data) };
  const { databaseUrl, dataDirectory } = options;
  const url = databaseUrl.parse(environment[databaseUrl.variable] || undefined);
  if (url) return { kind: 'postgres', url };
  const folder = dataDirectory.parse(environment[dataDirectory.variable] || undefined, surroundings, environment);
  return { kind: 'folder', folder };
}

function refuse(reason: string): ParsedStore {
  return { ok: false, reason };
}
