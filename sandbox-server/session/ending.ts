import type { DriverSwitch } from '../driver/driver-switch.ts';
import type { Clock } from '../clock.ts';
import { toPodiumError, type ErrorCode } from '../errors.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** A namespace takes seconds; one that hangs is asked again rather than waited for. */
const END_LIMIT_MS = 60_000;
/** What holds a namespace is either gone by then or needs a human, who has the metric. */
const RETRY_MS = 30_000;

export interface EndingDeps {
  readonly drivers: DriverSwitch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Ending {
  /** Tries until the sandbox is gone (true) or the server goes away (false). `onFailure` is called after each attempt that failed. */
  end(sandboxId: string, onFailure: (code: ErrorCode) => void): Promise<boolean>;
}

export function createEnding({ drivers, clock, log, metrics }: EndingDeps, closing: AbortSignal): Ending {
  return {
    async end(sandboxId, onFailure) {
      // Also by a server that goes away: what was stopped is ordered to end once, and nobody waits for it then.
      do {
        try {
          // Without a driver nothing can have been made, and after a restart the record is found again.
          const driver = drivers.current;
          await driver?.end(sandboxId, AbortSignal.any([closing, AbortSignal.timeout(END_LIMIT_MS)]));
          return true;
        } catch (error) {
          if (closing.aborted) return false;
          const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
          const code = isTimeout ? 'end_timeout' : toPodiumError(error).code;
          metrics.endFailures.inc();
          log.warn({ err: error, sandbox: sandboxId, code, retryMs: RETRY_MS }, 'sandbox could not be ended');
          onFailure(code);
          await waitFor(clock, RETRY_MS, closing);
        }
      } while (!closing.aborted);
      return false;
    },
  };
}

function waitFor(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(delayMs, resolve);
    signal.addEventListener('abort', () => {
      timer[Symbol.dispose]();
      resolve();
    });
  });
}
