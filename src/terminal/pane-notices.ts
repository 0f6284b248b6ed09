/** The sentences over a terminal: that its connection is lost, its shell ended or new, and what is not kept. */
import { newShellText, sayBytes } from './arrival-text.ts';
import type { Arrival, ConnectionState } from './connection-state.ts';
import { Notices, type NoticeAction } from './notices.ts';
import { errorText, pageTexts, text } from './page-texts.ts';

/** A connection that is back before this is not worth a word: most cuts are. */
const SAY_LOST_AFTER_MS = 1_000;

export interface PaneNoticesOptions {
  /** Connects again; after the shell has ended, to a new one. */
  readonly connect: () => void;
  /** What closes the tab now; null while it is the only one. */
  readonly closing: () => (() => void) | null;
}

export class PaneNotices implements Disposable {
  readonly #options: PaneNoticesOptions;
  readonly #notices = new Notices();
  #hasBeenThere = false;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PaneNoticesOptions) {
    this.#options = options;
  }

  get element(): HTMLElement {
    return this.#notices.element;
  }

  onState(state: ConnectionState): void {
    if (state.kind !== 'connecting' && state.kind !== 'waiting') this.#stopWaiting();
    switch (state.kind) {
      case 'connected':
        return this.#onArrival(state.arrival);
      case 'connecting':
      case 'waiting':
        return this.#sayLostLater();
      case 'exited':
        return this.#showExited(state.status);
      case 'refused': {
        const again = { label: text('panel.retry'), press: this.#options.connect };
        return this.#notices.show('connection', errorText(state.code, state.values), [again]);
      }
      case 'closed':
        return;
    }
  }

  sayLost(key: 'terminal.lostBytes' | 'terminal.gap', bytes: number): void {
    this.#notices.show('output', text(key, { amount: sayBytes(bytes, pageTexts().language) }), [dismiss()]);
  }

  [Symbol.dispose](): void {
    this.#stopWaiting();
  }

  /** Only what was once there can be lost; and one wait that consists of many tries is said once. */
  #sayLostLater(): void {
    if (!this.#hasBeenThere || this.#lostTimer !== undefined) return;
    const say = (): void => this.#notices.show('connection', text('terminal.waiting.text'), []);
    this.#lostTimer = setTimeout(say, SAY_LOST_AFTER_MS);
  }

  #stopWaiting(): void {
    clearTimeout(this.#lostTimer);
    this.#lostTimer = undefined;
  }

  #onArrival(arrival: Arrival): void {
    this.#hasBeenThere = true;
    this.#notices.hide('connection');
    this.#notices.hide('shell');
    const newShell = newShellText(arrival);
    if (newShell !== null) this.#notices.show('shell', text(newShell), [dismiss()]);
    if (arrival.lostBytes > 0) this.sayLost('terminal.lostBytes', arrival.lostBytes);
    if (arrival.droppedBytes > 0) this.#notices.show('input', text('terminal.dropped'), [dismiss()]);
  }

  #showExited(status: number | null): void {
    this.#notices.hide('connection');
    const { closing, connect } = this.#options;
    const close = closing();
    const actions: NoticeAction[] = [{ label: text('terminal.openNew'), press: connect }];
    if (close !== null) actions.push({ label: text('tabs.closeThis'), press: close });
    const isPlain = status === null || status === 0;
    const said = isPlain ? text('terminal.exited.text') : text('terminal.exited.status', { status });
    this.#notices.show('shell', said, actions);
  }
}

function dismiss(): NoticeAction {
  return { label: text('terminal.dismiss'), press: () => undefined };
}
