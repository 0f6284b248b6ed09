/** Which clicks on Run were already acted on: a page that sends one again after a reconnect must not run it twice. */
export interface Clicks {
  /** True the first time. */
  claim(sandboxId: string, clickId: string): boolean;
  forget(sandboxId: string): void;
}

/** More clicks than a page can have in flight; the oldest are forgotten first. */
const MAX_REMEMBERED = 256;

export function createClicks(): Clicks {
  const bySandbox = new Map<string, Set<string>>();
  return {
    claim(sandboxId, clickId) {
      const seen = bySandbox.get(sandboxId) ?? new Set();
      if (seen.has(clickId)) return false;
      bySandbox.set(sandboxId, seen.add(clickId));
      const [oldest] = seen;
      if (seen.size > MAX_REMEMBERED && oldest !== undefined) seen.delete(oldest);
      return true;
    },
    forget: (sandboxId) => void bySandbox.delete(sandboxId),
  };
}
