/** Copies a store from one place to another, and compares what arrived with what was sent, before it counts. */
import { createDigester, type TableDigest } from './digest.ts';
import { type Readable, type Source, type Table, type Target, TransferError } from './place.ts';

export interface CopiedTable extends TableDigest {
  readonly table: string;
  /** It has no place in the target: codes that are worth nothing within minutes, and that only several servers need. */
  readonly isLeftOut: boolean;
}

const PASSING_TABLES = new Set(['one_use_codes']);

/**
 * All tables of the source, with what was read and found again of each. Commits nothing unless each table has the same
 * number of rows and the same digest on both sides; throws a TransferError where one has not, and when aborted.
 */
export async function transfer(source: Source, target: Target, signal: AbortSignal): Promise<readonly CopiedTable[]> {
  const copied: CopiedTable[] = [];
  for (const table of source.tables) {
    const counterpart = target.tables.find(({ name }) => name === table.name);
    if (!counterpart && PASSING_TABLES.has(table.name)) {
      copied.push({ table: table.name, isLeftOut: true, ...(await digestOf(source, table, signal)) });
      continue;
    }
    requireSameColumns(table, counterpart);
    const sent = await digestOf(source, table, signal, (rows) => target.insert(table, rows));
    const found = await digestOf(target, table, signal);
    requireSame(table, sent, found);
    copied.push({ table: table.name, isLeftOut: false, ...found });
  }
  await target.commit();
  return copied;
}

async function digestOf(
  place: Readable,
  table: Table,
  signal: AbortSignal,
  onBatch?: (rows: Parameters<Target['insert']>[1]) => Promise<void>,
): Promise<TableDigest> {
  const digester = createDigester(table);
  for await (const rows of place.readBatches(table)) {
    signal.throwIfAborted();
    digester.add(rows);
    await onBatch?.(rows);
  }
  signal.throwIfAborted();
  return digester.finish();
}

function requireSameColumns(table: Table, counterpart: Table | undefined): void {
  if (counterpart?.columns.join() === table.columns.join()) return;
  throw new TransferError(
    `The table ${table.name} is not the same in both places, so nothing was written. Use the podium that wrote the source.`,
  );
}

function requireSame({ name }: Table, sent: TableDigest, found: TableDigest): void {
  if (sent.rows === found.rows && sent.digest === found.digest) return;
  throw new TransferError(
    `The table ${name} arrived otherwise than it was sent (${sent.rows} rows, then ${found.rows}), so nothing was written.`,
  );
}
