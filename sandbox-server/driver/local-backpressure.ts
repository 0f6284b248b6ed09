/** When a terminal's output is read, and when its shell has to wait. */
import type { Clock } from '../clock.ts';
import type { History } from './local-history.ts';
import { WINDOW_BYTES, type OutputFlow } from './local-output.ts';

/** A writer that draws nothing for so long is away, or gone and not coming back soon: the shell goes on without it. */
const WRITER_SILENCE_MS = 5_000;
/** What may wait to leave the ring; more than the longest stretch that cannot be cut, or nothing would ever leave it. */
const MAX_EXCESS_BYTES = 512 * 1024;

export interface Backpressure extends Disposable {
  /** Somebody else writes; undefined when the writer has gone and nobody follows. */
  setWriter(writer: Pick<OutputFlow, 'ackedOffset'> | undefined): void;
  onWriterAck(): void;
  /** Something was printed, drawn or dropped: decides anew. */
  balance(): void;
}

export interface BackpressureOptions {
  readonly history: Pick<History, 'end' | 'excessBytes'>;
  readonly clock: Clock;
  readonly setReading: (isReading: boolean) => void;
}

export function createBackpressure({ history, clock, setReading }: BackpressureOptions): Backpressure {
  let writer: Pick<OutputFlow, 'ackedOffset'> | undefined;
  let isGone = false;
  let isSilent = false;
  let silence: Disposable | undefined;

  function beginSilence(): void {
    silence ??= clock.after(WRITER_SILENCE_MS, () => {
      silence = undefined;
      isSilent = true;
      balance();
    });
  }

  function endSilence(): void {
    silence?.[Symbol.dispose]();
    silence = undefined;
    isSilent = false;
  }

  function balance(): void {
    const isFarAhead = writer !== undefined && history.end - writer.ackedOffset >= WINDOW_BYTES;
    const isHeld = isFarAhead && !isSilent;
    if (isHeld) beginSilence();
    else if (!isGone && !isSilent) endSilence();
    setReading(!isHeld && history.excessBytes < MAX_EXCESS_BYTES);
  }

  return {
    setWriter(next) {
      endSilence();
      isGone = next === undefined;
      // One whose connection was lost is likely to be back at once, and wants every byte then.
      if (next) writer = next;
      else beginSilence();
      balance();
    },
    onWriterAck() {
      endSilence();
      balance();
    },
    balance,
    [Symbol.dispose]: endSilence,
  };
}
