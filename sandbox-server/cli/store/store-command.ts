/** `podium store …`: what a server keeps, into a file and back, or from one database to another. */
import { postgresMigrations, sqliteMigrations } from '../../store/migrations.ts';
import { isAway } from '../../store/postgres-failures.ts';
import { COOKIE_KEY } from '../../store/secret.ts';
import { openFolderSource, openFolderTarget, requireFolderAlone } from '../../store/transfer/folder-place.ts';
import { requireKnown } from '../../store/transfer/levels.ts';
import { type Source, type Target, TransferError } from '../../store/transfer/place.ts';
import { openSqliteSource, openSqliteTarget } from '../../store/transfer/sqlite-place.ts';
import { type CopiedTable, transfer } from '../../store/transfer/transfer.ts';
import type { Environment, Surroundings } from '../../config-options.ts';
import { parseStoreArguments, type Place, STORE_USAGE, type StoreInvocation } from './store-options.ts';

export interface StoreCommandDeps {
  readonly say: (line: string) => void;
  readonly environment: Environment;
  readonly surroundings: Surroundings;
}

/** 128 and the number of SIGINT, as a shell counts. */
const EXIT_INTERRUPTED = 130;

/** Runs the command and returns the exit status. */
export async function runStoreCommand(
  args: readonly string[],
  { say, environment, surroundings }: StoreCommandDeps,
  signal: AbortSignal,
): Promise<number> {
  const parsed = parseStoreArguments(args, environment, surroundings);
  if (parsed.ok === 'help') {
    say(STORE_USAGE);
    return 0;
  }
  if (!parsed.ok) {
    process.stderr.write(`${parsed.reason}\n\n${STORE_USAGE}\n`);
    return 2;
  }
  try {
    await carry(parsed.invocation, say, signal);
    return 0;
  } catch (error) {
    if (signal.aborted) {
      process.stderr.write('Stopped. Nothing was written, and what was read from is as it was.\n');
      return EXIT_INTERRUPTED;
    }
    const explained = isAway(error)
      ? `The connection to the database was lost: ${(error as Error).message}`
      : undefined;
    if (!(error instanceof TransferError) && explained === undefined) throw error;
    process.stderr.write(`${explained ?? (error as Error).message}\nNothing was written.\n`);
    return 1;
  }
}

async function carry(
  { command, from, to }: StoreInvocation,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await using resources = new AsyncDisposableStack();
  // A backup is of one moment, whoever writes meanwhile; what else is written by a server would be missed.
  if (command === 'move') resources.use(await requireAlone(from));
  if (command !== 'backup') resources.use(await requireAlone(to));
  const source = resources.use(await openSource(from));
  requireKnown(source.description, source.migrations, [
    ...Object.keys(sqliteMigrations),
    ...Object.keys(postgresMigrations),
  ]);
  const target = resources.use(await openTarget(to, source.migrations));
  say(`From ${source.description}\nto ${target.description}`);
  const hasKey = await holdsKey(source);
  for (const line of describeCopied(await transfer(source, target, signal))) say(line);
  say(describeKey(command, hasKey));
}

async function requireAlone(place: Place): Promise<Disposable> {
  if (place.kind === 'folder') return requireFolderAlone(place.folder);
  if (place.kind === 'postgres')
    await (await import('../../store/transfer/postgres-place.ts')).requireNoServer(place.url);
  return { [Symbol.dispose]: () => undefined };
}

async function openSource(place: Place): Promise<Source> {
  if (place.kind === 'folder') return openFolderSource(place.folder);
  if (place.kind === 'file') return openSqliteSource(place.file);
  return (await import('../../store/transfer/postgres-place.ts')).openPostgresSource(place.url);
}

async function openTarget(place: Place, level: readonly string[]): Promise<Target> {
  if (place.kind === 'folder') return openFolderTarget(place.folder, level);
  if (place.kind === 'file') return openSqliteTarget(place.file, level);
  return (await import('../../store/transfer/postgres-place.ts')).openPostgresTarget(place.url, level);
}

async function holdsKey(source: Source): Promise<boolean> {
  const table = source.tables.find(({ name }) => name === 'kept_values');
  if (!table) return false;
  for await (const rows of source.readBatches(table)) if (rows.some(({ name }) => name === COOKIE_KEY)) return true;
  return false;
}

/** One line a table: rows on both sides, and the beginning of the digest that both have. */
export function describeCopied(copied: readonly CopiedTable[]): readonly string[] {
  const width = Math.max(...copied.map(({ table }) => table.length));
  const lines = copied.map(({ table, rows, digest, isLeftOut }) =>
    isLeftOut
      ? `  ${table.padEnd(width)}  ${String(rows).padStart(9)} rows  left out: codes that end within minutes`
      : `  ${table.padEnd(width)}  ${String(rows).padStart(9)} rows  the same on both sides (${digest.slice(0, 12)})`,
  );
  const moved = copied.filter(({ isLeftOut }) => !isLeftOut);
  const rows = moved.reduce((sum, table) => sum + table.rows, 0);
  return [...lines, `${rows} rows of ${moved.length} tables, none lost and none changed.`];
}

function describeKey(command: StoreInvocation['command'], hasKey: boolean): string {
  if (!hasKey) {
    return 'The key that signs cookies is not in it: give the server the same PODIUM_SECRET_FILE, or nobody is known again.';
  }
  return command === 'backup'
    ? 'It holds the key that signs cookies: keep it as private as a Secret.'
    : 'The key that signs cookies came with it: people are known again.';
}
