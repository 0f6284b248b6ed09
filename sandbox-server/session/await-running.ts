import type { Clock } from '../clock.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import type { SandboxTable } from './sandbox-table.ts';

/** Servers hear of a change of the cluster within milliseconds of each other, tens of them under load. */
const WORD_LIMIT_MS = 1000;

export interface AwaitRunningDeps {
  readonly sandboxes: SandboxTable;
  readonly drivers: DriverSwitch;
  readonly clock: Clock;
}

/**
 * Resolves when this server knows that the sandbox runs, or after a moment: a page that was told so by another server
 * may be faster than the word of the cluster, and must not be told that its sandbox is gone.
 */
export async function awaitRunning(
  { sandboxes, drivers, clock }: AwaitRunningDeps,
  ownerHash: string,
  id: string,
): Promise<void> {
  const state = sandboxes.known(ownerHash).find((sandbox) => sandbox.id === id)?.state ?? 'starting';
  // Of another driver's sandboxes no other server knows.
  if (state !== 'starting' || drivers.kind !== 'kubernetes') return;
  using waiting = new DisposableStack();
  await new Promise<void>((resolve) => {
    waiting.use(clock.after(WORD_LIMIT_MS, resolve));
    waiting.use(sandboxes.subscribe(ownerHash, (news) => news.id === id && news.state !== 'starting' && resolve()));
  });
}
