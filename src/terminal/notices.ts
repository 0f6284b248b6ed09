/** What the learner must know of a terminal, over its upper edge: a sentence and a button or two, each said once. */
import { announce } from './announcer.ts';
import { button, element } from './dom.ts';

export interface NoticeAction {
  readonly label: string;
  readonly press: () => void;
  readonly action?: string;
}

/** One of a kind is shown at a time; a newer one takes its place. */
export type NoticeKind = 'connection' | 'arrival' | 'ended' | 'gap';

export class Notices {
  readonly element = element('div', { class: 'terminal-notices' });
  readonly #shown = new Map<NoticeKind, HTMLElement>();

  show(kind: NoticeKind, said: string, actions: readonly NoticeAction[]): void {
    const isNews = this.#shown.get(kind)?.querySelector('p')?.textContent !== said;
    this.hide(kind);
    const buttons = actions.map(({ label, press, action }) =>
      button(
        label,
        () => {
          this.hide(kind);
          press();
        },
        { class: 'button', 'data-action': action },
      ),
    );
    const notice = element(
      'div',
      { class: 'terminal-notice', 'data-notice': kind },
      element('p', {}, said),
      element('div', { class: 'notice-actions' }, ...buttons),
    );
    this.#shown.set(kind, notice);
    this.element.append(notice);
    if (isNews) announce(said);
  }

  /** Puts other words into a notice that is shown, without a word to those who listen; says false where there is none. */
  amend(kind: NoticeKind, said: string): boolean {
    const words = this.#shown.get(kind)?.querySelector('p');
    words?.replaceChildren(said);
    return words !== null && words !== undefined;
  }

  hide(kind: NoticeKind): void {
    this.#shown.get(kind)?.remove();
    this.#shown.delete(kind);
  }
}
