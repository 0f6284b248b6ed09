/** Sandboxes to try a lab in: of somebody whom nobody knows, in a cluster where Podium is installed, and ended whatever happens. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { systemClock } from '../../../clock.ts';
import type { Driver } from '../../../driver/driver.ts';
import { writeAccountKubeconfig } from '../../../driver/kubernetes/install.ts';
import { createKubernetesDriver } from '../../../driver/kubernetes/kubernetes-driver.ts';
import type { Lab } from '../../../labs/lab.ts';
import { createMetrics } from '../../../telemetry/metrics.ts';
import { makeWriteScript } from './learner-scripts.ts';

/** Should this process be killed, the cluster's janitor ends what it had after this. */
const LIFE_MINUTES = 30;
/** An end takes a cluster some seconds; a machine that ends more than these at once starts the next ones late. */
const MAX_ENDINGS = 4;
const END_LIMIT_MS = 60_000;
const FILES_LIMIT_MS = 30_000;

export interface LabSandbox extends AsyncDisposable {
  readonly driver: Driver;
  readonly id: string;
}

export interface Sandboxes extends AsyncDisposable {
  /** A new one, with the lab's files in the home. Disposing it orders its end. */
  open(lab: Lab, signal: AbortSignal): Promise<LabSandbox>;
}

/** `kubeconfigPath` is an administrator's. Disposing waits until all that was opened is gone. */
export async function createSandboxes(kubeconfigPath: string, signal: AbortSignal): Promise<Sandboxes> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'podium-labs-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const path = join(folder, 'server');
  await writeAccountKubeconfig({ account: 'server', kubeconfigPath, path, uid: process.getuid?.() ?? 0, signal });
  const options = { clock: systemClock, log: pino({ level: 'silent' }), metrics: createMetrics() };
  const driver = resources.use(await createKubernetesDriver({ kubeconfigPath: path, ...options }));
  const endings = createEndings(driver);
  resources.defer(() => endings.all());
  const owned = resources.move();
  return {
    async open(lab, until) {
      await endings.room();
      const { image, serviceAccounts: accounts, network } = lab.definition;
      const request = { ownerHash: randomBytes(16).toString('hex'), lab: { slug: lab.slug, image, accounts, network } };
      const { id } = await driver.start(
        { ...request, lab: { ...request.lab, lifeMinutes: LIFE_MINUTES } },
        () => undefined,
        until,
      );
      const sandbox = { driver, id, [Symbol.asyncDispose]: () => Promise.resolve(endings.begin(id)) };
      if (lab.files.length === 0) return sandbox;
      const script = { name: 'files', source: makeWriteScript(lab.files), timeLimitMs: FILES_LIMIT_MS };
      try {
        const { exitCode, output } = await driver.runAsLearner(id, script, until);
        if (exitCode !== 0) throw new Error(`the lab's files could not be written: ${output}`);
        return sandbox;
      } catch (error) {
        endings.begin(id);
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The next task need not wait for the end of the sandbox of the one before. */
function createEndings(driver: Driver) {
  const running = new Set<Promise<void>>();
  return {
    begin(id: string): void {
      // What cannot be ended now is ended at its expiry; the lab is not at fault.
      const ending = driver.end(id, AbortSignal.timeout(END_LIMIT_MS)).catch(() => undefined);
      running.add(ending);
      void ending.finally(() => running.delete(ending));
    },
    async room(): Promise<void> {
      while (running.size >= MAX_ENDINGS) await Promise.race(running);
    },
    async all(): Promise<void> {
      await Promise.all(running);
    },
  };
}
