/** Shows in the presenter's view where the deck is: notes, number, the title of what comes next, and whether it is seen. */
import { fillIn } from '../terminal/page-texts.ts';
import type { SpeakerPosition } from './speaker-link.ts';

/** Shows it and returns the index of the slide in the order in which slides are shown. */
export function showPosition(root: HTMLElement, { state, hasDeck }: SpeakerPosition): number {
  const notes = [...root.querySelectorAll<HTMLElement>('[data-notes-of]')];
  const key = `${state.indexh}.${state.indexv}`;
  const index = Math.max(
    0,
    notes.findIndex(({ dataset }) => dataset['notesOf'] === key),
  );
  const isOther = notes[index]?.hidden === true;
  for (const [place, note] of notes.entries()) note.hidden = place !== index;
  const pane = root.querySelector('.speaker-notes');
  if (pane !== null && isOther) pane.scrollTop = 0;
  setText(root, '[data-position]', (said) => fillIn(said, { index: index + 1, count: notes.length }));
  const next = notes[index + 1];
  setText(root, '[data-next-title]', (last) => (next === undefined ? last : (next.dataset['title'] ?? '')));
  root.toggleAttribute('data-last', next === undefined);
  root.toggleAttribute('data-alone', !hasDeck);
  root.toggleAttribute('data-blank', hasDeck && state.paused);
  for (const line of root.querySelectorAll<HTMLElement>('[data-when-alone]')) line.hidden = hasDeck;
  for (const line of root.querySelectorAll<HTMLElement>('[data-when-blank]')) line.hidden = !(hasDeck && state.paused);
  return index;
}

/** A text that is the same is not written again: it would be read out again. */
function setText(root: HTMLElement, selector: string, text: (template: string) => string): void {
  const element = root.querySelector<HTMLElement>(selector);
  if (element === null) return;
  const said = text(element.dataset['template'] ?? '');
  if (element.textContent.trim() !== said) element.textContent = said;
}
