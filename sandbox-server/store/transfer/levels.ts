/** How far the tables of one place are those of another. Pure. */
import { TransferError } from './place.ts';

/**
 * The last of `known`, the migrations of the target's kind of database, that the source has too; what a source is later
 * than is brought up to date by the server. Throws a TransferError for a source that is newer than this program.
 */
export function commonLevel(ofSource: readonly string[], known: readonly string[]): string {
  const last = known
    .toSorted()
    .filter((name) => ofSource.includes(name))
    .at(-1);
  if (last === undefined) throw new TransferError('The source has no tables of Podium.');
  return last;
}

/** Throws a TransferError where the source was written by a version that knows more. */
export function requireKnown(description: string, ofSource: readonly string[], known: readonly string[]): void {
  const unknown = ofSource.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TransferError(
    `${description} was written by a newer Podium (it has ${unknown}). Use the podium of that version.`,
  );
}
