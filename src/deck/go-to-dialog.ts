/** The dialog that goes to a slide by its number, its title, or words that are on it or in its notes. */
import { connectDialogClosing, openPageDialog } from './deck-dialog.ts';
import { findSlides } from './slide-search.ts';

const DIALOG_ID = 'deck-go-to';

export interface SlidePlace {
  readonly h: number;
  readonly v: number;
}

export function openGoToDialog(): void {
  openPageDialog(DIALOG_ID)?.querySelector('input')?.select();
}

/** Connects the page's dialog to `goTo`. */
export function connectGoToDialog(goTo: (place: SlidePlace) => void): void {
  const dialog = document.getElementById(DIALOG_ID);
  const input = dialog?.querySelector('input');
  if (!dialog || !input) return;
  const lines = [...dialog.querySelectorAll<HTMLElement>('[data-slide]')];
  const slides = lines.map(({ dataset }) => ({ title: dataset['title'] ?? '', text: dataset['words'] ?? '' }));
  const choose = (line: HTMLElement | undefined): void => {
    if (line === undefined) return;
    (dialog as HTMLDialogElement).close();
    goTo({ h: Number(line.dataset['h']), v: Number(line.dataset['v']) });
  };
  const found = (): HTMLElement[] => findSlides(slides, input.value).flatMap((index) => lines[index] ?? []);
  connectDialogClosing(dialog);
  for (const line of lines) line.addEventListener('click', () => choose(line));
  input.addEventListener('input', () => showFound(dialog, lines, found()));
  dialog.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    choose(found()[0]);
  });
}

function showFound(dialog: HTMLElement, lines: readonly HTMLElement[], found: readonly HTMLElement[]): void {
  const list = dialog.querySelector('ol');
  for (const line of lines) if (line.parentElement) line.parentElement.hidden = !found.includes(line);
  list?.append(...found.flatMap(({ parentElement }) => parentElement ?? []));
  const count = dialog.querySelector<HTMLElement>('[data-found]');
  if (count === null) return;
  const { none = '', one = '', many = '' } = count.dataset;
  count.textContent =
    found.length === 0 ? none : found.length === 1 ? one : many.replace('{count}', String(found.length));
}
