/** How the reader wants terminals to look; remembered by this browser, and the same in every terminal of the page. */
import { loadPreference, savePreference } from './preference.ts';

export interface TerminalSettings {
  readonly fontPx: number;
  /** The site's light or dark, or light and heavy for a projector. */
  readonly colours: 'site' | 'projector';
  readonly isScreenReaderMode: boolean;
}

const PREFERENCE = 'terminal';
const USUAL: TerminalSettings = { fontPx: 14, colours: 'site', isScreenReaderMode: false };
/** Below this nobody reads; above it fewer than 40 columns fit beside the text. */
const SMALLEST_PX = 9;
const LARGEST_PX = 32;
const STEP_PX = 1;

export interface SettingsStore {
  readonly current: TerminalSettings;
  change(changes: Partial<TerminalSettings>): void;
  /** Makes the text larger (1) or smaller (-1) by a step. */
  stepFont(direction: 1 | -1): void;
  /** Is called now and at every change, until `signal` ends it. */
  subscribe(onChange: (settings: TerminalSettings) => void, signal: AbortSignal): void;
}

/** The settings of this page. */
export function createSettings(): SettingsStore {
  let current = decodeSettings(loadPreference(PREFERENCE));
  const changed = new EventTarget();
  const change = (changes: Partial<TerminalSettings>): void => {
    current = { ...current, ...changes };
    savePreference(PREFERENCE, JSON.stringify(current));
    changed.dispatchEvent(new Event('change'));
  };
  return {
    get current() {
      return current;
    },
    change,
    stepFont: (direction) => change({ fontPx: clampFont(current.fontPx + direction * STEP_PX) }),
    subscribe(onChange, signal) {
      changed.addEventListener('change', () => onChange(current), { signal });
      onChange(current);
    },
  };
}

/** What was stored, with the usual in place of all that is not what we write. */
export function decodeSettings(stored: string | null): TerminalSettings {
  try {
    const value = JSON.parse(stored ?? '{}') as Partial<Record<keyof TerminalSettings, unknown>>;
    return {
      fontPx: typeof value.fontPx === 'number' ? clampFont(value.fontPx) : USUAL.fontPx,
      colours: value.colours === 'projector' ? 'projector' : 'site',
      isScreenReaderMode: value.isScreenReaderMode === true,
    };
  } catch {
    return USUAL;
  }
}

function clampFont(px: number): number {
  return Number.isFinite(px) ? Math.min(LARGEST_PX, Math.max(SMALLEST_PX, Math.round(px))) : USUAL.fontPx;
}
