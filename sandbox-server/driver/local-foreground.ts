/** Watches what is in the foreground of a terminal, and says when it changes. */
import type { Clock } from '../clock.ts';
import type { ServerMessage } from '../protocol/frames.ts';
import { readForegroundProgram } from './local-processes.ts';
import type { History } from './local-history.ts';

export type TerminalState = Extract<ServerMessage, { type: 'state' }>;

export interface Foreground extends Disposable {
  /** What was last seen. */
  readonly state: TerminalState;
  /** Looks now; `onChange` is called if anything is different. */
  look(): Promise<TerminalState>;
  /** Something was typed or printed: looks soon. */
  onActivity(): void;
}

/** Soon enough for a page, and after the shell has started what was typed; the second look is for slow starts. */
const LOOK_AFTER_MS = [50, 400];

export interface ForegroundOptions {
  readonly shellPid: number;
  readonly history: Pick<History, 'isAlternateScreen' | 'prompt'>;
  readonly clock: Clock;
  readonly onChange: (state: TerminalState) => void;
}

export function createForeground({ shellPid, history, clock, onChange }: ForegroundOptions): Foreground {
  let state: TerminalState = { type: 'state', program: null, isAlternateScreen: false, prompt: 'unknown' };
  let next: Disposable | undefined;
  let looksDone = 0;
  let isDisposed = false;

  async function look(): Promise<TerminalState> {
    const program = await readForegroundProgram(shellPid);
    const { isAlternateScreen, prompt } = history;
    const seen: TerminalState = { type: 'state', program, isAlternateScreen, prompt };
    const isNew = JSON.stringify(seen) !== JSON.stringify(state);
    state = seen;
    if (isNew && !isDisposed) onChange(seen);
    return seen;
  }

  function plan(): void {
    const delayMs = LOOK_AFTER_MS[looksDone];
    if (isDisposed || delayMs === undefined) return;
    next = clock.after(delayMs, () => {
      next = undefined;
      looksDone += 1;
      void look().then(plan);
    });
  }

  return {
    get state() {
      return state;
    },
    look,
    onActivity() {
      looksDone = 0;
      if (!next) plan();
    },
    [Symbol.dispose]() {
      isDisposed = true;
      next?.[Symbol.dispose]();
    },
  };
}

/** Whether a text that is typed now would go to something else than a shell's prompt. */
export function isBusy({ program, isAlternateScreen, prompt }: TerminalState): boolean {
  return program !== null || isAlternateScreen || prompt === 'running';
}
