/** Keys of a deck beyond those that move, and the buttons that do the same. */
import type { RevealApi } from 'reveal.js';
import { connectKeysDialog, openKeysDialog } from './keys-dialog.ts';
import { typeNextCommand } from './deck-terminals.ts';
import { connectGoToDialog, openGoToDialog } from './go-to-dialog.ts';
import { actionOf, isLetter, type DeckAction } from './key-map.ts';
import type { Laser } from './laser.ts';
import { hasLetterKeys } from './letter-keys.ts';

/** What keeps its keys while it has the focus: a terminal all of them, the bar below the slides and dialogs their own. */
const KEEPS_KEYS = 'podium-terminal, .deck-bar, dialog';

export interface DeckKeyTargets {
  readonly deck: RevealApi;
  readonly laser: Laser;
  /** Where the presenter's view is; undefined for a deck that came as a file. */
  readonly speakerHref: string | undefined;
}

/** Whether reveal.js may act on a key: those that move, and letters of its own while letters are on. */
export function mayRevealHaveKey(press: KeyboardEvent): boolean {
  if (isKept() || actionOf(press, true) !== null) return false;
  return !isLetter(press) || hasLetterKeys();
}

export function connectDeckKeys(targets: DeckKeyTargets): void {
  connectKeysDialog();
  connectGoToDialog(({ h, v }) => targets.deck.slide(h, v));
  const act = (action: DeckAction): void => runAction(action, targets);
  document.addEventListener('keydown', (press) => {
    if (isKept()) return;
    const action = actionOf(press, hasLetterKeys());
    if (action === null || (action === 'full' && press.key === 'F5' && document.fullscreenElement !== null)) return;
    press.preventDefault();
    if (action === 'point') targets.laser.hold(true);
    else if (!press.repeat) act(action);
  });
  const release = (): void => targets.laser.hold(false);
  document.addEventListener('keyup', ({ key }) => {
    if (key.toLowerCase() === 'q') release();
  });
  addEventListener('blur', release);
  for (const button of document.querySelectorAll<HTMLElement>('[data-deck-action]')) {
    button.addEventListener('click', () => {
      button.closest('dialog')?.close();
      act(button.dataset['deckAction'] as DeckAction);
    });
  }
}

function runAction(action: DeckAction, { deck, laser, speakerHref }: DeckKeyTargets): void {
  if (action === 'blank') deck.togglePause();
  if (action === 'overview') deck.toggleOverview();
  if (action === 'keys') openKeysDialog();
  if (action === 'goTo') openGoToDialog();
  if (action === 'full') void toggleFullScreen(deck);
  if (action === 'type') typeNextCommand(deck.getCurrentSlide());
  if (action === 'speaker' && speakerHref !== undefined)
    open(speakerHref, 'podium-speaker', 'popup,width=1280,height=800');
  // From a button, where no key is held, it stays until the next press.
  if (action === 'point') laser.toggle();
}

async function toggleFullScreen(deck: RevealApi): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await deck.getViewportElement()?.requestFullscreen();
}

function isKept(): boolean {
  return document.activeElement?.matches(`:is(${KEEPS_KEYS}), :is(${KEEPS_KEYS}) *`) ?? false;
}
