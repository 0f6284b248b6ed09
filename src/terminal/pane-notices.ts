/** The sentences over a terminal: that its connection is lost, its shell ended or new, and what is not kept. */
import { arrivalTexts, sayBytes } from './arrival-text.ts';
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
  /** A notice was read and taken away, and the focus with it. */
  readonly onDismiss: () => void;
}

export class PaneNotices implements Disposable {
  readonly #options: PaneNoticesOptions;
  readonly #notices = new Notices();
  #hasBeenThere = false;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;
  /** What was left out since the learner last read how much. */
  #gapBytes = 0;

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

  /** A flood is left out piece by piece: the first is announced, and the others are added to what stands there. */
  sayGap(bytes: number): void {
    this.#gapBytes += bytes;
    const said = text('terminal.gap', { amount: sayAmount(this.#gapBytes) });
    if (this.#notices.amend('gap', said)) return;
    this.#notices.show('gap', said, [this.#dismissal(() => (this.#gapBytes = 0))]);
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
    this.#notices.hide('ended');
    const said = arrivalTexts(arrival).map((key) => text(key, { amount: sayAmount(arrival.lostBytes) }));
    if (said.length > 0) this.#notices.show('arrival', said.join(' '), [this.#dismissal()]);
  }

  #showExited(status: number | null): void {
    this.#notices.hide('connection');
    this.#notices.hide('arrival');
    const { closing, connect } = this.#options;
    const close = closing();
    const actions: NoticeAction[] = [{ label: text('terminal.openNew'), press: connect }];
    if (close !== null) actions.push({ label: text('tabs.closeThis'), press: close });
    const isPlain = status === null || status === 0;
    const said = isPlain ? text('terminal.exited.text') : text('terminal.exited.status', { status });
    this.#notices.show('ended', said, actions);
  }

  #dismissal(onRead?: () => void): NoticeAction {
    const press = (): void => {
      onRead?.();
      this.#options.onDismiss();
    };
    return { label: text('terminal.dismiss'), press };
  }
}

function sayAmount(bytes: number): string {
  return sayBytes(bytes, pageTexts().language);
}
