/** Over a terminal that another types in: who, since when, and the one button that takes it over. */
import { announce } from './announcer.ts';
import type { Standing } from './connection-state.ts';
import { button, element } from './dom.ts';
import { pageTexts, text } from './page-texts.ts';

export class ViewerLine {
  readonly element: HTMLElement;
  readonly #said = element('p');
  #role: Standing['role'] | null = null;
  #hasReminded = false;
  #remindedAtMs = Number.NEGATIVE_INFINITY;

  constructor(take: () => void) {
    const takeButton = button(text('viewer.take'), take, { class: 'button', 'data-action': 'take' });
    this.element = element('div', { class: 'viewer-line', hidden: true }, this.#said, takeButton);
  }

  get isShown(): boolean {
    return !this.element.hidden;
  }

  show({ role, writer }: Standing): void {
    const hasLost = this.#role === 'writer' && role === 'viewer';
    const hasWon = this.#role === 'viewer' && role === 'writer';
    this.#role = role;
    this.element.hidden = role === 'writer';
    if (hasWon) announce(text('viewer.yours'));
    if (role === 'writer') return;
    const values = { device: sayDevice(writer?.device ?? ''), time: sayTime(writer?.since ?? Date.now()) };
    const key = writer === null ? 'viewer.nobody' : hasLost ? 'viewer.lost' : 'viewer.watching';
    this.#said.textContent = text(key, values);
    this.#hasReminded = false;
    if (hasLost) announce(this.#said.textContent);
  }

  /** A key was pressed that nobody hears: the line says why and what to do, and is read out once for many keys. */
  remind(): void {
    if (!this.#hasReminded) this.#said.textContent += ` ${text('viewer.how')}`;
    this.#hasReminded = true;
    const now = performance.now();
    if (now - this.#remindedAtMs > REMIND_AGAIN_MS) announce(this.#said.textContent);
    this.#remindedAtMs = now;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.element.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: REMIND_MS });
  }
}

/** Long enough to be seen from the corner of an eye. */
const REMIND_MS = 160;
/** Who stops typing for so long and begins again may not have heard. */
const REMIND_AGAIN_MS = 5_000;

/** "Chrome on Linux" in the page's language. */
function sayDevice(label: string): string {
  const [browser, system] = label.split(' on ');
  if (browser === undefined || browser === '') return text('viewer.someone');
  return system === undefined ? browser : text('viewer.device', { browser, system });
}

function sayTime(ms: number): string {
  return new Intl.DateTimeFormat(pageTexts().language, { timeStyle: 'short' }).format(ms);
}
