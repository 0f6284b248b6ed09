/** The size of the notes: read at arm's length, so 20 px at first, and as the presenter likes; kept by this browser. */
import { loadPreference, savePreference } from '../terminal/preference.ts';

const PREFERENCE = 'notes-size';
const SIZES_PX = [16, 18, 20, 24, 28, 34, 42] as const;
const FIRST_SIZE = 2;
const REM_PX = 16;

export interface NotesSize {
  step(direction: 1 | -1): void;
}

export function connectNotesSize(root: HTMLElement): NotesSize {
  const stored = Number(loadPreference(PREFERENCE) ?? FIRST_SIZE);
  let size = Number.isInteger(stored) ? stored : FIRST_SIZE;
  const apply = (step: number): void => {
    size = Math.min(SIZES_PX.length - 1, Math.max(0, size + step));
    root.style.setProperty('--notes-size', `${(SIZES_PX[size] ?? SIZES_PX[FIRST_SIZE]) / REM_PX}rem`);
    savePreference(PREFERENCE, String(size));
  };
  apply(0);
  return { step: apply };
}
