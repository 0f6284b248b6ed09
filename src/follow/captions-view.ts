/** What is being said: the last lines, and the one that is being typed. */
import { KEPT_CAPTIONS, type ShowingMessage } from '../../sandbox-server/protocol/showing.ts';
import { element } from '../terminal/dom.ts';

export class CaptionsView {
  readonly #root: HTMLElement;
  readonly #lines: HTMLElement;
  readonly #draft: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#lines = root.querySelector<HTMLElement>('[data-caption-lines]')!;
    this.#draft = root.querySelector<HTMLElement>('[data-caption-draft]')!;
  }

  take(message: ShowingMessage): void {
    if (message.type === 'state') this.#reset(message.captions);
    if (message.type !== 'caption') return;
    this.#draft.textContent = message.isFinal ? '' : message.text;
    if (message.isFinal && message.text !== '') this.#lines.append(makeLine(message.text));
    while (this.#lines.childElementCount > KEPT_CAPTIONS) this.#lines.firstElementChild?.remove();
    this.#root.hidden = false;
    this.#root.scrollTop = this.#root.scrollHeight;
  }

  #reset(lines: readonly string[]): void {
    this.#lines.replaceChildren(...lines.map(makeLine));
    this.#draft.textContent = '';
    this.#root.hidden = lines.length === 0;
  }
}

function makeLine(text: string): HTMLElement {
  return element('p', { dir: 'auto' }, text);
}
