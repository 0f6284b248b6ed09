/**
 * What was typed and is not yet known to have reached the shell. It is kept until the server says that it was taken, so
 * that a key in flight at a cut is neither lost nor typed twice. Pure book-keeping.
 */

/** A large paste fits; what is typed beyond it into a shell that does not answer would come as a flood when it does. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Sent ahead of what is accepted: well below what the server allows (`MAX_PENDING_INPUT_BYTES`), and two of the largest pieces. */
const MAX_SENT_BYTES = 128 * 1024;

export interface InputPiece {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export class KeptInput {
  #pieces: InputPiece[] = [];
  #keptBytes = 0;
  #lastSequence = 0;
  /** How many of the pieces are sent, and their bytes. */
  #sentPieces = 0;
  #sentBytes = 0;

  /** All that is kept, oldest first. */
  get pieces(): readonly InputPiece[] {
    return this.#pieces;
  }

  /** Numbers and keeps the pieces of one text; false where there is no room for the whole of it. */
  push(texts: readonly Uint8Array[]): boolean {
    const addedBytes = texts.reduce((sum, bytes) => sum + bytes.length, 0);
    if (this.#keptBytes + addedBytes > MAX_KEPT_BYTES) return false;
    for (const bytes of texts) this.#pieces.push({ sequence: (this.#lastSequence += 1), bytes });
    this.#keptBytes += addedBytes;
    return true;
  }

  /** What may be sent now, each piece once. */
  takeUnsent(): readonly InputPiece[] {
    const from = this.#sentPieces;
    for (const { bytes } of this.#pieces.slice(from)) {
      if (this.#sentBytes + bytes.length > MAX_SENT_BYTES) break;
      this.#sentPieces += 1;
      this.#sentBytes += bytes.length;
    }
    return this.#pieces.slice(from, this.#sentPieces);
  }

  /** The shell has all up to `sequence`. */
  accept(sequence: number): void {
    const first = this.#pieces.findIndex((piece) => piece.sequence > sequence);
    const accepted = this.#pieces.splice(0, first < 0 ? this.#pieces.length : first);
    for (const { bytes } of accepted) {
      this.#keptBytes -= bytes.length;
      if (this.#sentPieces === 0) continue;
      this.#sentPieces -= 1;
      this.#sentBytes -= bytes.length;
    }
  }

  /** The same shell again, which has all up to `sequence`: the rest is to be sent once more, numbered as it expects. */
  resume(sequence: number): void {
    this.accept(sequence);
    this.#pieces = this.#pieces.map(({ bytes }, index) => ({ sequence: sequence + 1 + index, bytes }));
    this.#lastSequence = sequence + this.#pieces.length;
    this.#sentPieces = this.#sentBytes = 0;
  }

  /** What is kept is not wanted any more: another shell, or another writer. Returns how many bytes that was. */
  drop(): number {
    const droppedBytes = this.#keptBytes;
    /* The numbers of what was never sent are free again: the shell waits for them. */
    this.#lastSequence -= this.#pieces.length - this.#sentPieces;
    this.#pieces = [];
    this.#keptBytes = this.#sentPieces = this.#sentBytes = 0;
    return droppedBytes;
  }
}
