/** A real sandbox of a lab, in which a test does what a learner does: commands in the shell pod, and Check. */
import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { systemClock } from '../../sandbox-server/clock.ts';
import { writeAccountKubeconfig } from '../../sandbox-server/driver/kubernetes/install.ts';
import { createKubernetesDriver } from '../../sandbox-server/driver/kubernetes/kubernetes-driver.ts';
import type { Lab } from '../../sandbox-server/labs/lab.ts';
import { type CheckMessage, decodeCheckOutput } from '../../sandbox-server/session/check-output.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { runInShell } from './shell-exec.ts';

/** A cold start on a busy machine, with much room. */
const START_LIMIT_MS = 120_000;
/** What the server allows a check. */
const CHECK_LIMIT_MS = 10_000;

export interface LearnerSandbox extends AsyncDisposable {
  readonly namespace: string;
  /** Runs a line in the learner's own shell; throws with what it printed when it fails. */
  run(line: string): Promise<string>;
  /** `done`, or what is missing; throws when the check itself fails. */
  check(name: string): Promise<'done' | CheckMessage>;
}

/** Starts a sandbox of `lab` for somebody new. `kubeconfig` is an administrator's of a cluster with Podium installed. */
export async function createLearnerSandbox(kubeconfig: string, lab: Lab): Promise<LearnerSandbox> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'podium-test-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const kubeconfigPath = join(folder, 'kubeconfig');
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  await writeAccountKubeconfig({
    account: 'server',
    kubeconfigPath: kubeconfig,
    path: kubeconfigPath,
    uid: process.getuid?.() ?? 0,
    signal,
  });
  const driver = resources.use(
    await createKubernetesDriver({
      kubeconfigPath,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      metrics: createMetrics(),
    }),
  );
  const { image, ceilingMinutes } = lab.definition;
  const ownerHash = randomBytes(16).toString('hex');
  const record = await driver.start(
    { ownerHash, lab: { slug: lab.slug, image, lifeMinutes: ceilingMinutes } },
    () => {},
    signal,
  );
  resources.defer(() => driver.end(record.id, AbortSignal.timeout(START_LIMIT_MS)));
  const owned = resources.move();
  return {
    namespace: record.namespace,
    run: (line) => runInShell(kubeconfig, record.namespace, line),
    async check(name) {
      const source = lab.checks.get(name);
      if (source === undefined) throw new Error(`The lab has no check ${name}.`);
      const script = { name, source, timeLimitMs: CHECK_LIMIT_MS };
      const { exitCode, output } = await driver.runCheck(record.id, script, AbortSignal.timeout(2 * CHECK_LIMIT_MS));
      if (exitCode === 0) return 'done';
      const message = exitCode === 1 ? decodeCheckOutput(output) : undefined;
      if (!message) throw new Error(`The check ${name} failed with ${exitCode}: ${output}`);
      return message;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
