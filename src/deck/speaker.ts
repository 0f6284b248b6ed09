/** The speaker's window: notes of the slide that the deck is on, two previews, a clock, and keys that move the deck. */
import { openDeckChannel, type DeckMessage } from './deck-channel.ts';

const CLOCK_TICK_MS = 1000;
const SIZE_KEY = 'podium-notes-size';
/** Notes are read at arm's length: 20 px at first, and as the speaker likes between these. */
const SIZES_PX = [16, 18, 20, 24, 28, 34] as const;
const FIRST_SIZE = 2;

const FORWARD_KEYS = new Set(['ArrowRight', 'ArrowDown', 'PageDown', ' ', 'n']);
const BACK_KEYS = new Set(['ArrowLeft', 'ArrowUp', 'PageUp', 'p']);

export function openSpeakerWindow(root: HTMLElement): void {
  const channel = openDeckChannel(root.dataset['deckPath'] ?? '');
  channel.addEventListener('message', ({ data }: MessageEvent<DeckMessage>) => {
    if (data.type === 'at') showNotesOf(root, data.index);
  });
  channel.postMessage({ type: 'where' } satisfies DeckMessage);
  connectKeys(root, channel);
  connectSize(root);
  startClock(root);
}

function showNotesOf(root: HTMLElement, index: number): void {
  const notes = root.querySelectorAll<HTMLElement>('[data-notes-of]');
  for (const note of notes) note.hidden = Number(note.dataset['notesOf']) !== index;
  const position = root.querySelector('[data-position]');
  if (position) position.textContent = `${index + 1} / ${notes.length}`;
}

function connectKeys(root: HTMLElement, channel: BroadcastChannel): void {
  const move = (type: 'next' | 'previous') => channel.postMessage({ type } satisfies DeckMessage);
  addEventListener('keydown', (event) => {
    // A focused button keeps the space bar.
    if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
    if (FORWARD_KEYS.has(event.key)) move('next');
    else if (BACK_KEYS.has(event.key)) move('previous');
    else return;
    event.preventDefault();
  });
  root.querySelector('[data-next]')?.addEventListener('click', () => move('next'));
  root.querySelector('[data-previous]')?.addEventListener('click', () => move('previous'));
}

function connectSize(root: HTMLElement): void {
  let size = Number(localStorage.getItem(SIZE_KEY) ?? FIRST_SIZE);
  const apply = (step: number): void => {
    size = Math.min(SIZES_PX.length - 1, Math.max(0, size + step));
    root.style.setProperty('--notes-size', `${(SIZES_PX[size] ?? SIZES_PX[FIRST_SIZE]) / 16}rem`);
    localStorage.setItem(SIZE_KEY, String(size));
  };
  root.querySelector('[data-larger]')?.addEventListener('click', () => apply(1));
  root.querySelector('[data-smaller]')?.addEventListener('click', () => apply(-1));
  apply(0);
}

/** Counts from the moment the window opened; a click on the clock begins again. */
function startClock(root: HTMLElement): void {
  const clock = root.querySelector<HTMLElement>('[data-clock]');
  if (clock === null) return;
  let start = Date.now();
  const show = (): void => {
    const seconds = Math.floor((Date.now() - start) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  clock.addEventListener('click', () => {
    start = Date.now();
    show();
  });
  setInterval(show, CLOCK_TICK_MS);
  show();
}
