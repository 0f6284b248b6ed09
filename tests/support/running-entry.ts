/** A sandbox that runs, without anything that it runs in. */
import { makeEntry, type SandboxEntry } from '../../sandbox-server/session/sandbox-entry.ts';
import { createStageTrack } from '../../sandbox-server/session/start-stages.ts';
import type { Lab } from '../../sandbox-server/labs/lab.ts';

export interface RunningEntryOptions {
  readonly ceilingMinutes: number;
  /** When it began, in milliseconds since 1970. */
  readonly now: number;
}

export function makeRunningEntry({ ceilingMinutes, now }: RunningEntryOptions): SandboxEntry {
  const said = { en: 'A lab' };
  const lab: Lab = {
    slug: 'lab',
    definition: {
      title: said,
      summary: said,
      goals: { en: [] },
      level: 'beginner',
      prerequisites: [],
      tags: [],
      serviceAccounts: [],
      network: 'default',
      minutes: 5,
      image: 'podium.dev/shell:1',
      tier: 'namespace',
      ceilingMinutes,
      messages: {},
    },
    steps: [],
    runBlocks: new Map(),
    savedFiles: new Map(),
    questions: new Map(),
    checks: new Map(),
    files: [],
  };
  const stages = createStageTrack(
    () => now,
    () => undefined,
  );
  const entry = makeEntry({ ownerHash: 'owner', labSlug: lab.slug, lab, stages, now });
  entry.state = 'running';
  return entry;
}
