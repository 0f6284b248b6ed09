/** Clicks on Run that are not answered yet: sent again after a reconnect, always by the same id, so that none is typed twice. */
import type { ClientMessage, RunOutcome } from '../../sandbox-server/protocol/frames.ts';

export type RunMessage = Extract<ClientMessage, { type: 'run' }>;

export interface RunAnswer {
  /** `no_shell`: there is none to type into; `refused`: the server does not have this block; `dropped`: the shell that it was meant for is gone. */
  readonly outcome: RunOutcome | 'no_shell' | 'refused' | 'dropped';
  readonly program: string | null;
}

interface PendingClick {
  readonly message: RunMessage;
  readonly answer: (answer: RunAnswer) => void;
}

export class RunClicks {
  readonly #pending = new Map<string, PendingClick>();

  get messages(): readonly RunMessage[] {
    return [...this.#pending.values()].map(({ message }) => message);
  }

  /** Waits for the answer to a click. */
  add(message: RunMessage): Promise<RunAnswer> {
    return new Promise((answer) => this.#pending.set(message.clickId, { message, answer }));
  }

  answer(clickId: string, answer: RunAnswer): void {
    this.#pending.get(clickId)?.answer(answer);
    this.#pending.delete(clickId);
  }

  /** The server does not have this block. */
  refuse(blockId: string | undefined): void {
    for (const { message } of this.#pending.values()) {
      if (message.blockId === blockId) this.answer(message.clickId, { outcome: 'refused', program: null });
    }
  }

  drop(): void {
    for (const clickId of this.#pending.keys()) this.answer(clickId, { outcome: 'dropped', program: null });
  }
}
