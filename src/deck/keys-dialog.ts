/** The dialog that lists all keys; each line is a button too, for whoever has no keys or has switched letters off. */
import { connectDialogClosing, openPageDialog } from './deck-dialog.ts';
import { connectLetterSwitch } from './letter-keys.ts';

const DIALOG_ID = 'deck-keys';

export function openKeysDialog(): void {
  openPageDialog(DIALOG_ID);
}

export function connectKeysDialog(): void {
  const dialog = document.getElementById(DIALOG_ID);
  if (dialog === null) return;
  connectDialogClosing(dialog);
  connectLetterSwitch(dialog);
}
