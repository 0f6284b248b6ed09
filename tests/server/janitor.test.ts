/** The janitor's program, as the launcher has it: with a channel whose end is its end too. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';

/** A busy machine takes seconds for a program. */
const TEST_LIMIT_MS = 120_000;
const PROGRAM = join(import.meta.dirname, '../../sandbox-server/janitor.ts');

/** Resolves when it looks, at a cluster that does not answer. */
async function startJanitor(): Promise<ChildProcess> {
  const environment = {
    PATH: process.env['PATH'],
    NODE_NO_WARNINGS: '1',
    PODIUM_KUBECONFIG: join(import.meta.dirname, 'unreachable.kubeconfig.yaml'),
  };
  const child = spawn(process.execPath, [PROGRAM], { env: environment, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  for await (const text of child.stdout ?? []) if (String(text).includes('the janitor looks')) break;
  return child;
}

describe('the janitor', { timeout: 4 * TEST_LIMIT_MS }, () => {
  it('ends when it is told to, while its launcher lives', { timeout: TEST_LIMIT_MS }, async () => {
    const child = await startJanitor();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
  });

  it('ends with its launcher', { timeout: TEST_LIMIT_MS }, async () => {
    const child = await startJanitor();
    const exited = once(child, 'exit');
    child.disconnect();
    assert.deepEqual(await exited, [0, null]);
  });
});
