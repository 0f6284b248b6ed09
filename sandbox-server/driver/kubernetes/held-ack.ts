/**
 * What a browser has drawn, on its way to the agent. A message to a pod wakes as many programs as a key does, so an
 * ack rides on the next key where one comes soon, and what a browser draws of a flood is told in steps.
 */
import type { Clock } from '../../clock.ts';

/** Small against the agent's window of 256 KiB, so that a flood never waits for it. */
const STEP_BYTES = 32 * 1024;
/** At most; far below the 5 s after which a writer counts as gone. */
const HOLD_MS = 100;

/** Disposing it forgets what is held. */
export interface HeldAck extends Disposable {
  /** Output up to the offset is drawn. */
  hold(offset: number): void;
  /** What is held, once; undefined when that is nothing. */
  take(): number | undefined;
}

/** `onDue` is called when what is held must wait no longer. */
export function createHeldAck(clock: Clock, onDue: () => void): HeldAck {
  let told = 0;
  let held = 0;
  let timer: Disposable | undefined;
  const onTime = () => {
    timer = undefined;
    if (held > told) onDue();
  };
  return {
    hold(offset) {
      held = Math.max(held, offset);
      if (held - told >= STEP_BYTES) onDue();
      // It runs on when what it was for has been told: fewer timers than keys.
      else if (held > told) timer ??= clock.after(HOLD_MS, onTime);
    },
    take() {
      if (held === told) return undefined;
      told = held;
      return told;
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
