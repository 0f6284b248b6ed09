/** News for the pages of one person; nobody else's pages hear of it. */
import type { Sandbox } from '../protocol/sandbox.ts';

export type SandboxListener = (sandbox: Sandbox) => void;

export interface SandboxNews {
  publish(ownerHash: string, sandbox: Sandbox): void;
  subscribe(ownerHash: string, listener: SandboxListener): Disposable;
  hasListener(ownerHash: string): boolean;
}

export function createSandboxNews(): SandboxNews {
  const listenersByOwner = new Map<string, Set<SandboxListener>>();
  return {
    publish(ownerHash, sandbox) {
      for (const listener of [...(listenersByOwner.get(ownerHash) ?? [])]) listener(sandbox);
    },
    hasListener: (ownerHash) => listenersByOwner.has(ownerHash),
    subscribe(ownerHash, listener) {
      const listeners = listenersByOwner.get(ownerHash) ?? new Set();
      listenersByOwner.set(ownerHash, listeners.add(listener));
      return {
        [Symbol.dispose]() {
          listeners.delete(listener);
          if (listeners.size === 0 && listenersByOwner.get(ownerHash) === listeners) listenersByOwner.delete(ownerHash);
        },
      };
    },
  };
}
