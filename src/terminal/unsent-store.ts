/** Carries what was typed and may not have arrived over a reload, in the tab's own storage. */
import type { UnsentInput } from './client.ts';

/** A reload in the middle of a large paste loses the rest of it; keys never come near this. */
const MAX_STORED_BYTES = 64 * 1024;

interface StoredInput {
  readonly epoch: string;
  readonly pieces: readonly { readonly sequence: number; readonly bytes: readonly number[] }[];
}

export function storeUnsent(terminal: string, unsent: UnsentInput | null): void {
  if (unsent === null) return;
  const size = unsent.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > MAX_STORED_BYTES) return;
  const pieces = unsent.pieces.map(({ sequence, bytes }) => ({ sequence, bytes: [...bytes] }));
  try {
    sessionStorage.setItem(keyOf(terminal), JSON.stringify({ epoch: unsent.epoch, pieces } satisfies StoredInput));
  } catch {
    /* Storage is refused or full: then a key in flight may be lost by the reload. */
  }
}

/** What the page before this one has stored, once. */
export function takeUnsent(terminal: string): UnsentInput | null {
  try {
    const stored = sessionStorage.getItem(keyOf(terminal));
    if (stored === null) return null;
    sessionStorage.removeItem(keyOf(terminal));
    const { epoch, pieces } = JSON.parse(stored) as StoredInput;
    return { epoch, pieces: pieces.map(({ sequence, bytes }) => ({ sequence, bytes: Uint8Array.from(bytes) })) };
  } catch {
    return null;
  }
}

function keyOf(terminal: string): string {
  return `podium-unsent-${terminal}`;
}
