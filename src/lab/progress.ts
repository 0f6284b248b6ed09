/** How far a learner is in a lab, remembered by this browser: the step that was open, and the checks that passed. */
import { loadPreference, savePreference } from '../terminal/preference.ts';

export interface LabProgress {
  /** Number of the step that was open last, from 1. */
  readonly step: number;
  /** Names of the checks that have passed. */
  readonly done: readonly string[];
  /** When the step was opened, in milliseconds since 1970; 0 for never. */
  readonly at: number;
}

const NOTHING: LabProgress = { step: 1, done: [], at: 0 };

export function loadProgress(lab: string): LabProgress {
  return decodeProgress(loadPreference(preferenceName(lab)));
}

export function saveProgress(lab: string, progress: LabProgress): void {
  savePreference(preferenceName(lab), JSON.stringify(progress));
}

/** What was stored, or a fresh start where it is not what we write. */
export function decodeProgress(stored: string | null): LabProgress {
  try {
    const value = JSON.parse(stored ?? 'null') as Partial<LabProgress> | null;
    if (value === null || !Number.isInteger(value.step) || !Array.isArray(value.done)) return NOTHING;
    const done = value.done.filter((name): name is string => typeof name === 'string');
    return { step: Number(value.step), done, at: typeof value.at === 'number' ? value.at : 0 };
  } catch {
    return NOTHING;
  }
}

function preferenceName(lab: string): string {
  return `lab-${lab}`;
}
