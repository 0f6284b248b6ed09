/** What a page says of a shell that it came to: sentences for what was lost, and why. Pure. */
import type { Arrival } from './connection-state.ts';
import type { PageTextKey } from './page-texts.ts';

/** Kubernetes' reasons for the end of a container that a learner can do something about, or wonders about. */
const reasonTexts: Readonly<Record<string, PageTextKey>> = {
  OOMKilled: 'restart.memory',
  Error: 'restart.error',
  Completed: 'restart.completed',
  /* The server's own: the pod is another one. */
  PodLost: 'restart.lost',
  /* The local driver's own: the shells of a server go with it. */
  ServerRestarted: 'terminal.newShell',
};

/** Which sentence says that this is a new shell, or null where it is not. */
export function newShellText({ restartReason, isAnotherShell }: Arrival): PageTextKey | null {
  if (restartReason !== null) return reasonTexts[restartReason] ?? 'restart.other';
  return isAnotherShell ? 'terminal.newShell' : null;
}

/** All that the learner should know of an arrival, a sentence or two each; empty where there is nothing to say. */
export function arrivalTexts(arrival: Arrival): readonly PageTextKey[] {
  const newShell = newShellText(arrival);
  return [
    ...(newShell === null ? [] : [newShell]),
    ...(arrival.lostBytes > 0 ? ['terminal.lostBytes' as const] : []),
    ...(arrival.droppedBytes > 0 ? ['terminal.dropped' as const] : []),
  ];
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** "3.2 MB", "12 bytes": as people say amounts, in any language that the browser knows. */
export function sayBytes(bytes: number, language: string): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = UNITS[power] ?? 'byte';
  const digits = power > 1 ? 1 : 0;
  const unitDisplay = power === 0 ? 'long' : 'short';
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits }).format(
    bytes / 1000 ** power,
  );
}
