/** What came to a terminal from outside, so that nothing is typed twice. */

/** Tabs of one person that ever typed into one shell; the one that was silent longest is forgotten. */
const MAX_CLIENTS = 64;
/** More clicks than anybody makes in one shell. */
const MAX_TYPED_IDS = 4096;

export interface Inputs {
  /** The last input taken from this client; 0 before the first. */
  lastSequence(client: string): number;
  /** False for an input that was taken before. */
  take(client: string, sequence: number): boolean;
  wasTyped(id: string): boolean;
  rememberTyped(id: string): void;
}

export function createInputs(): Inputs {
  const sequences = new Map<string, number>();
  const typedIds = new Set<string>();
  return {
    lastSequence: (client) => sequences.get(client) ?? 0,
    take(client, sequence) {
      if (sequence <= (sequences.get(client) ?? 0)) return false;
      sequences.delete(client);
      sequences.set(client, sequence);
      dropOldest(sequences, MAX_CLIENTS);
      return true;
    },
    wasTyped: (id) => typedIds.has(id),
    rememberTyped(id) {
      typedIds.add(id);
      dropOldest(typedIds, MAX_TYPED_IDS);
    },
  };
}

function dropOldest(kept: Map<string, unknown> | Set<string>, limit: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= limit) return;
    kept.delete(key);
  }
}
