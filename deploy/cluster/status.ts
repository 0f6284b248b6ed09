/** What a supervisor tells the outside about its instance: one JSON file, replaced whole at each change. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { ClusterErrorCode } from './errors.ts';
import type { PartName } from './part-commands.ts';
import type { ProcessIdentity } from './processes.ts';

/** The steps of a start, in order; `up` shows them as progress. */
export const startSteps = [
  'namespaces',
  'certificates',
  'control plane',
  'images',
  'network policies',
  'node',
  'system services',
] as const;
export type StartStep = (typeof startSteps)[number];

export type InstanceStatus = {
  phase: 'starting' | 'ready' | 'failed' | 'stopping';
  step: StartStep | 'probe';
  supervisor: ProcessIdentity;
  parts: { name: PartName; pid: number; startTicks: string; restarts: number }[];
  /** Port on the host's loopback, once the relay has it. */
  port?: number;
  startedAt: string;
  readyAt?: string;
  error?: { code: ClusterErrorCode; facts: string; next: string };
};

export async function saveStatus(file: string, status: InstanceStatus): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(status));
  await rename(`${file}.new`, file);
}

/** The last status that was written, or undefined when there is none. */
export async function loadStatus(file: string): Promise<InstanceStatus | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as InstanceStatus;
  } catch {
    return undefined;
  }
}
