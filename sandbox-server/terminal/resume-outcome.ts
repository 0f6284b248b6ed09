import type { AttachOrder } from '../driver/driver.ts';

/** What a browser found that came back: its output went on, its screen was drawn anew, or the shell is another. */
export type ResumeOutcome = 'continued' | 'redrawn' | 'new_shell';

/** Undefined for a browser that comes for the first time, to a shell that is new. */
export function resumeOutcome(
  resume: AttachOrder['resume'],
  opened: { readonly epoch: string; readonly offset: number; readonly isNew: boolean },
): ResumeOutcome | undefined {
  if (!resume) return opened.isNew ? undefined : 'redrawn';
  if (resume.epoch !== opened.epoch) return 'new_shell';
  return resume.offset === opened.offset ? 'continued' : 'redrawn';
}
