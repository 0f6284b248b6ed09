import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { systemClock } from '../../sandbox-server/clock.ts';
import { createLocalDriver } from '../../sandbox-server/driver/local-pty.ts';
import { describeDriverContract } from './contract.ts';

describeDriverContract('local', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'podium-local-'));
  const create = () => createLocalDriver({ directory, clock: systemClock, isLoopback: true, environment: process.env });
  const driver = await create();
  return {
    driver,
    lab: { slug: 'first-steps', image: 'podium.dev/shell:1', lifeMinutes: 90 },
    createAnother: create,
    async [Symbol.asyncDispose]() {
      await driver[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
});

it('refuses to give shells of this machine to other machines', async () => {
  const options = { directory: tmpdir(), clock: systemClock, isLoopback: false, environment: {} };
  await assert.rejects(createLocalDriver(options), /on this machine only/);
});
