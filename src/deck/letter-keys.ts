/** The switch for single-letter keys (WCAG 2.1.4): whoever dictates, or leans on a key, does not move the deck by it. */
import { loadPreference, savePreference } from '../terminal/preference.ts';

const PREFERENCE = 'deck-letters';
const OFF = 'off';

/** Whether they are on; asked at every key, since another window may have switched them. */
export function hasLetterKeys(): boolean {
  return loadPreference(PREFERENCE) !== OFF;
}

/** Connects the switch in the dialog of keys. */
export function connectLetterSwitch(dialog: HTMLElement): void {
  const box = dialog.querySelector<HTMLInputElement>('[data-letter-keys]');
  if (box === null) return;
  const show = (): void => {
    box.checked = hasLetterKeys();
    dialog.toggleAttribute('data-letters-off', !box.checked);
  };
  box.addEventListener('change', () => {
    savePreference(PREFERENCE, box.checked ? 'on' : OFF);
    show();
  });
  addEventListener('storage', show);
  show();
}
