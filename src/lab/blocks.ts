/** Run and Copy beside the code blocks of the steps. Run says which block; the server types its own copy of it. */
import { announce } from '../terminal/announcer.ts';
import { button, element } from '../terminal/dom.ts';
import { text } from '../terminal/page-texts.ts';

/** How long a button shows that it has worked. */
const CONFIRM_MS = 1_600;
/** A label names its command, and a long script only by how it begins. */
const LABEL_CHARACTERS = 60;

/** Sends a block to the terminal; says false where there is no shell. */
export type RunBlock = (blockId: string) => boolean;

export function addBlockButtons(root: HTMLElement, run: RunBlock): void {
  for (const figure of root.querySelectorAll<HTMLElement>('.block[data-copy]')) addButtons(figure, run);
  for (const figure of root.querySelectorAll<HTMLElement>('.block-output')) {
    figure.prepend(element('figcaption', {}, text('lab.output')));
  }
}

function addButtons(figure: HTMLElement, run: RunBlock): void {
  const source = figure.querySelector('code')?.textContent ?? '';
  const command = source.length > LABEL_CHARACTERS ? `${source.slice(0, LABEL_CHARACTERS)}…` : source;
  const row = element('div', { class: 'block-actions' });
  const { block } = figure.dataset;
  if (block !== undefined) row.append(runButton(figure, { block, command, run }));
  const copy = button(text('lab.copy'), () => void copySource(copy, source), {
    class: 'block-button',
    'aria-label': text('lab.copy.label', { command }),
  });
  row.append(copy);
  figure.append(row);
}

interface Runnable {
  readonly block: string;
  readonly command: string;
  readonly run: RunBlock;
}

function runButton(figure: HTMLElement, { block, command, run }: Runnable): HTMLElement {
  const press = (): void => {
    const isSent = run(block);
    announce(text(isSent ? 'lab.run.sent' : 'lab.run.noShell'));
    if (isSent) confirmOn(made, text('lab.run.done'));
    else showHint(figure);
  };
  const made = button(text('lab.run'), press, {
    class: 'block-button block-run',
    title: text('lab.run.keys'),
    'aria-label': text('lab.run.label', { command }),
    'aria-keyshortcuts': 'Alt+Enter',
  });
  figure.addEventListener('keydown', (key) => {
    if (key.key !== 'Enter' || !key.altKey || key.repeat) return;
    key.preventDefault();
    press();
  });
  return made;
}

function showHint(figure: HTMLElement): void {
  if (figure.querySelector('.block-hint') !== null) return;
  figure.append(element('p', { class: 'block-hint' }, text('lab.run.noShell')));
}

async function copySource(copy: HTMLButtonElement, source: string): Promise<void> {
  const isCopied = await writeClipboard(source);
  announce(text(isCopied ? 'lab.copied' : 'lab.copy.failed'));
  if (isCopied) confirmOn(copy, text('lab.copied'));
}

/** The clipboard API needs HTTPS or loopback; elsewhere the old command copies a selection. */
async function writeClipboard(source: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(source).then(
      () => true,
      () => false,
    );
  }
  const area = element('textarea', { class: 'visually-hidden' }, source);
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}

function confirmOn(pressed: HTMLElement, word: string): void {
  const before = pressed.dataset['label'] ?? pressed.textContent;
  pressed.dataset['label'] = before;
  pressed.textContent = word;
  setTimeout(() => (pressed.textContent = before), CONFIRM_MS);
}
