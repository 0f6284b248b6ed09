/** The line between text and terminal: dragged, or moved by keys, and remembered. */
import { loadPreference, savePreference } from '../terminal/preference.ts';

const PREFERENCE = 'split';
/** Share of the text in per cent. Narrower than this it cannot be read, wider and the terminal has no 80 columns. */
const NARROWEST = 28;
const WIDEST = 66;
const USUAL = 44;
const KEY_STEP = 2;

export function createSplit(root: HTMLElement, separator: HTMLElement): void {
  let share = USUAL;
  const show = (wanted: number): void => {
    share = clampShare(wanted);
    root.style.setProperty('--text-share', `${share}%`);
    separator.setAttribute('aria-valuenow', String(Math.round(share)));
  };
  const keep = (wanted: number): void => {
    show(wanted);
    savePreference(PREFERENCE, String(share));
  };
  separator.setAttribute('aria-valuemin', String(NARROWEST));
  separator.setAttribute('aria-valuemax', String(WIDEST));
  show(decodeShare(loadPreference(PREFERENCE)));
  separator.addEventListener('keydown', (key) => {
    const wanted = shareAfterKey(share, key.key);
    if (wanted === null) return;
    key.preventDefault();
    keep(wanted);
  });
  separator.addEventListener('dblclick', () => keep(USUAL));
  separator.addEventListener('pointerdown', (down) => {
    separator.setPointerCapture(down.pointerId);
    down.preventDefault();
    separator.focus();
  });
  separator.addEventListener('pointermove', (move) => {
    if (!separator.hasPointerCapture(move.pointerId)) return;
    const { left, width } = root.getBoundingClientRect();
    show(((move.clientX - left) / width) * 100);
  });
  separator.addEventListener('lostpointercapture', () => keep(share));
}

/** The share after a key of a window splitter (WAI-ARIA Authoring Practices), or null for any other key. */
export function shareAfterKey(share: number, key: string): number | null {
  if (key === 'ArrowLeft') return clampShare(share - KEY_STEP);
  if (key === 'ArrowRight') return clampShare(share + KEY_STEP);
  if (key === 'Home') return NARROWEST;
  if (key === 'End') return WIDEST;
  return key === 'Enter' ? USUAL : null;
}

export function decodeShare(stored: string | null): number {
  const share = Number(stored ?? Number.NaN);
  return Number.isFinite(share) && share > 0 ? clampShare(share) : USUAL;
}

function clampShare(share: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, share));
}
