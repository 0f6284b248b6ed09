/** The presenter's view: the slide, the next one, notes, clock and pace, and keys that move the deck. */
import { openDeckChannel } from './deck-channel.ts';
import { connectGoToDialog, openGoToDialog } from './go-to-dialog.ts';
import { connectKeysDialog, openKeysDialog } from './keys-dialog.ts';
import { actionOf, isLetter, moveOf } from './key-map.ts';
import { placeIn } from './laser.ts';
import { hasLetterKeys } from './letter-keys.ts';
import { connectNotesSize, type NotesSize } from './notes-size.ts';
import { createSpeakerClock, type SpeakerClock } from './speaker-clock.ts';
import { createSpeakerLink, type SpeakerLink } from './speaker-link.ts';
import { showPosition } from './speaker-position.ts';

interface Controls {
  readonly root: HTMLElement;
  readonly link: SpeakerLink;
  readonly clock: SpeakerClock;
  readonly notes: NotesSize;
}

/** What a button or a key of the view does, by the name in its `data-deck-action`. */
const actions: Readonly<Record<string, (controls: Controls) => void>> = {
  next: ({ link }) => link.order({ type: 'next' }),
  previous: ({ link }) => link.order({ type: 'previous' }),
  blank: ({ link }) => link.order({ type: 'blank' }),
  type: ({ link }) => link.order({ type: 'type' }),
  goTo: () => openGoToDialog(),
  keys: () => openKeysDialog(),
  point: ({ root, link }) => setPointing(root, link, !root.hasAttribute('data-pointing')),
  clock: ({ clock }) => clock.toggle(),
  setBack: ({ clock }) => clock.setBack(),
  larger: ({ notes }) => notes.step(1),
  smaller: ({ notes }) => notes.step(-1),
  openDeck: ({ link }) => link.openDeck(),
};

/** Signs and letters that only this view has. */
const ownKeys: Readonly<Record<string, string>> = { c: 'clock', '+': 'larger', '=': 'larger', '-': 'smaller' };

export function openSpeakerWindow(root: HTMLElement): void {
  const path = root.dataset['deckPath'] ?? '';
  const clock = createSpeakerClock(root, path);
  const link = createSpeakerLink(openDeckChannel(path), path, (position) => {
    const index = showPosition(root, position);
    clock.showPace(index);
  });
  const controls = { root, link, clock, notes: connectNotesSize(root) };
  connectKeysDialog();
  connectGoToDialog(({ h, v }) => link.order({ type: 'goTo', h, v }));
  connectKeys(controls);
  connectPointer(root, link);
  for (const button of root.querySelectorAll<HTMLElement>('[data-deck-action]')) {
    button.addEventListener('click', () => {
      button.closest('dialog')?.close();
      actions[button.dataset['deckAction'] ?? '']?.(controls);
    });
  }
}

function connectKeys(controls: Controls): void {
  addEventListener('keydown', (press) => {
    const focused = document.activeElement;
    if (focused?.matches('dialog, dialog *')) return;
    // A focused button keeps the space bar.
    if (press.key === ' ' && focused instanceof HTMLButtonElement) return;
    const name = actionNameOf(press);
    if (name === null) return;
    press.preventDefault();
    if (name === 'point') setPointing(controls.root, controls.link, true);
    else if (!press.repeat || name === 'next' || name === 'previous') actions[name]?.(controls);
  });
  addEventListener('keyup', ({ key }) => {
    if (key.toLowerCase() === 'q') setPointing(controls.root, controls.link, false);
  });
}

function actionNameOf(press: KeyboardEvent): string | null {
  const hasLetters = hasLetterKeys();
  const own =
    isLetter(press) && hasLetters && !press.ctrlKey && !press.metaKey ? ownKeys[press.key.toLowerCase()] : null;
  const name = own ?? moveOf(press, hasLetters) ?? actionOf(press, hasLetters);
  return name !== null && name in actions ? name : null;
}

/** Over the slide of this view the mouse moves the pointer on the deck's. */
function connectPointer(root: HTMLElement, link: SpeakerLink): void {
  const surface = root.querySelector<HTMLElement>('[data-pointer-surface]');
  surface?.addEventListener('pointermove', (event) => {
    if (root.hasAttribute('data-pointing')) link.order({ type: 'point', at: placeIn(surface, event) });
  });
}

function setPointing(root: HTMLElement, link: SpeakerLink, isPointing: boolean): void {
  root.toggleAttribute('data-pointing', isPointing);
  root.querySelector('.speaker-bar [data-deck-action="point"]')?.setAttribute('aria-pressed', String(isPointing));
  link.order({ type: 'point', at: isPointing ? { x: 0.5, y: 0.5 } : null });
}
