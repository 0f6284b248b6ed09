/**
 * What a terminal has shown since the page was opened, with its times, for a download. It is bounded: what is older goes,
 * and what is left then begins with the screen as it was there.
 */

/** A part is closed at this size, and at most two are kept: minutes of work, and little in a tab's memory. */
const MAX_PART_BYTES = 2 * 1024 * 1024;

export interface RecordedEvent {
  readonly atMs: number;
  /** `r` is a change of size, with `columns×rows` as asciicast writes it. */
  readonly kind: 'o' | 'r';
  readonly data: Uint8Array | string;
}

export interface RecordedPart {
  readonly columns: number;
  readonly rows: number;
  readonly beganAtMs: number;
  readonly events: readonly RecordedEvent[];
}

interface OpenPart extends RecordedPart {
  readonly events: RecordedEvent[];
  bytes: number;
}

export interface ScreenSnapshot {
  readonly columns: number;
  readonly rows: number;
  /** What draws the screen as it is. */
  readonly drawing: string;
}

export class Recording {
  readonly #snapshot: () => ScreenSnapshot;
  readonly #now: () => number;
  #parts: OpenPart[] = [];

  constructor(snapshot: () => ScreenSnapshot, now: () => number) {
    this.#snapshot = snapshot;
    this.#now = now;
  }

  /** Adds bytes that are on the screen now. */
  onDrawn(bytes: Uint8Array): void {
    const part = this.#parts.at(-1);
    /* The snapshot has these bytes already. */
    if (part === undefined || part.bytes > MAX_PART_BYTES) return this.#begin();
    part.events.push({ atMs: this.#now(), kind: 'o', data: bytes });
    part.bytes += bytes.length;
  }

  onResized(columns: number, rows: number): void {
    this.#parts.at(-1)?.events.push({ atMs: this.#now(), kind: 'r', data: `${columns}x${rows}` });
  }

  /** All that is kept, as one part; empty before anything was shown. */
  get whole(): RecordedPart | null {
    const [first, ...rest] = this.#parts;
    /* The drawing that a later part begins with is on the screen already. */
    return first === undefined ? null : { ...first, events: [first, ...rest].flatMap(eventsAfter) };
  }

  #begin(): void {
    const { columns, rows, drawing } = this.#snapshot();
    const beganAtMs = this.#now();
    const events: RecordedEvent[] = [{ atMs: beganAtMs, kind: 'o', data: drawing }];
    this.#parts = [...this.#parts.slice(-1), { columns, rows, beganAtMs, events, bytes: 0 }];
  }
}

function eventsAfter({ events }: RecordedPart, index: number): readonly RecordedEvent[] {
  return index === 0 ? events : events.slice(1);
}
