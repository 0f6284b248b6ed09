/**
 * What a browser has drawn, on its way to the agent. A message to a pod wakes as many programs as a key does, so an
 * ack rides on the next key where one comes soon. What is drawn of a flood is told in steps, at the pace of all floods.
 */
import type { Clock } from '../../clock.ts';
import type { FloodPace } from './flood-pace.ts';

/** How far an agent sends ahead of an ack: an offset may jump by more, over a gap or after a reload. */
const WINDOW_BYTES = 256 * 1024;
/** Small against the window, so that a flood never waits for it. */
const STEP_BYTES = 32 * 1024;
/** People who type rest for less between two keys; far below the 5 s after which a writer counts as gone. */
const HOLD_MS = 1000;

export interface HeldAckDeps {
  readonly clock: Clock;
  readonly pace: FloodPace;
  /** Output up to the offset is drawn, and must be told now. */
  readonly tell: (offset: number) => void;
}

/** Disposing it forgets what is held. */
export interface HeldAck extends Disposable {
  /** Output up to the offset is drawn. */
  hold(offset: number): void;
  /** What may be told now by the way, once; undefined when that is nothing. */
  take(): number | undefined;
}

export function createHeldAck({ clock, pace, tell }: HeldAckDeps): HeldAck {
  let told = 0;
  let held = 0;
  let timer: Disposable | undefined;
  /** Of a step that waits for its place among the floods. */
  let place: Disposable | undefined;

  const tellUpTo = (offset: number) => {
    told = offset;
    tell(offset);
  };
  const onTime = () => {
    timer = undefined;
    if (held > told && !place) tellUpTo(held);
  };
  const step = () => {
    const upTo = held;
    const waitMs = pace.takePlace(Math.min(upTo - told, WINDOW_BYTES));
    if (waitMs === 0) return tellUpTo(upTo);
    place = clock.after(waitMs, () => {
      place = undefined;
      tellUpTo(upTo);
      goOn();
    });
  };
  const goOn = () => {
    if (held - told >= STEP_BYTES) step();
    // It runs on when what it was for has been told: fewer timers than keys.
    else if (held > told) timer ??= clock.after(HOLD_MS, onTime);
  };

  return {
    hold(offset) {
      held = Math.max(held, offset);
      if (!place) goOn();
    },
    take() {
      if (held === told || place) return undefined;
      told = held;
      return told;
    },
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]();
      place?.[Symbol.dispose]();
    },
  };
}
