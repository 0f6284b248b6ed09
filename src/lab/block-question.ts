/** What is said or asked under a block whose command was not typed. */
import { announce } from '../terminal/announcer.ts';
import { button, element } from '../terminal/dom.ts';
import { text } from '../terminal/page-texts.ts';

export interface BlockQuestion {
  readonly said: string;
  /** The button that does it all the same. */
  readonly yes: string;
  readonly act: () => void;
}

/** Asks under the block, and leaves the reader on the answer that changes nothing. */
export function askInBlock(figure: HTMLElement, { said, yes, act }: BlockQuestion): void {
  clearQuestion(figure);
  const back = document.activeElement;
  const done = (): void => {
    clearQuestion(figure);
    if (back instanceof HTMLElement) back.focus();
  };
  const confirm = (): void => {
    done();
    act();
  };
  const cancel = button(text('lab.run.cancel'), done, { class: 'button' });
  const choices = element('div', { class: 'block-choices' }, button(yes, confirm, { class: 'button' }), cancel);
  const question = element('div', { class: 'block-hint', role: 'group' }, element('p', {}, said), choices);
  question.setAttribute('aria-label', said);
  question.addEventListener('keydown', (key) => {
    if (key.key === 'Escape') done();
  });
  figure.append(question);
  cancel.focus();
}

export function sayInBlock(figure: HTMLElement, said: string): void {
  clearQuestion(figure);
  const hint = element('div', { class: 'block-hint' }, element('p', {}, said));
  figure.append(hint);
  /* A block at the lower edge says it below that edge. */
  hint.scrollIntoView({ block: 'nearest' });
  announce(said);
}

/** Takes back what was said under any block, where it is one of these. */
export function forgetInBlocks(root: HTMLElement, said: readonly string[]): void {
  for (const hint of root.querySelectorAll('.block-hint')) if (said.includes(hint.textContent)) hint.remove();
}

export function clearQuestion(figure: HTMLElement): void {
  figure.querySelector('.block-hint')?.remove();
}
