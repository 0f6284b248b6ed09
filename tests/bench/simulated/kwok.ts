/** kwok, which plays nodes and what their kubelets say of pods, built from its module by the pinned Go. No part of the product. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureToolchain, makeGoEnvironment } from '../../../deploy/cluster/toolchain.ts';

const KWOK_VERSION = '0.8.0';
const MODULE = 'sigs.k8s.io/kwok';
/** Of the module: nodes come up and beat, pods run as soon as they are bound, and go when they are told to. */
const stages = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-delete.yaml',
];

export interface Kwok {
  readonly program: string;
  /** Files that say what it plays. */
  readonly stages: readonly string[];
}

/** Fast when it is there: Go looks by itself whether anything has changed. */
export async function buildKwok(cacheDir: string): Promise<Kwok> {
  const program = join(cacheDir, 'peers', `kwok-${KWOK_VERSION}`, 'kwok');
  await mkdir(dirname(program), { recursive: true });
  const go = await ensureToolchain(cacheDir);
  const env = { ...process.env, ...makeGoEnvironment(cacheDir), CGO_ENABLED: '0' };
  const runGo = async (...parameters: string[]) =>
    (await promisify(execFile)(go, parameters, { cwd: join(import.meta.dirname, 'kwok'), env })).stdout.trim();
  await runGo('build', '-trimpath', '-o', program, `${MODULE}/cmd/kwok`);
  const sources = await runGo('list', '-m', '-f', '{{.Dir}}', MODULE);
  return { program, stages: stages.map((file) => join(sources, 'kustomize/stage', file)) };
}
