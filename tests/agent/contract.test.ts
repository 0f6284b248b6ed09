/** The agent under the server's own connection to it: all that the driver contract says of terminals, without a cluster. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { describeEnding } from '../drivers/contract-ending.ts';
import { describeFlow } from '../drivers/contract-flow.ts';
import { describeInput } from '../drivers/contract-input.ts';
import { describeResume } from '../drivers/contract-resume.ts';
import { describeScreen } from '../drivers/contract-screen.ts';
import { TEST_LIMIT_MS } from '../drivers/contract-subject.ts';
import { describeTerminal } from '../drivers/contract-terminal.ts';
import { describeTyping } from '../drivers/contract-typing.ts';
import { describeWriters } from '../drivers/contract-writers.ts';
import { createAgentDriver, makeAgentSubject } from '../support/agent-driver.ts';
import { buildGoProgram, startAgent } from '../support/agent-program.ts';

describe('the agent', { timeout: 10 * TEST_LIMIT_MS }, () => {
  let folder = '';
  let driver: Driver;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-agent-'));
    const program = await buildGoProgram('.', folder);
    driver = createAgentDriver(() => startAgent(program, { environment: { SHELL: '/bin/bash' } }));
  });
  const subject = makeAgentSubject(() => driver);
  after(async () => {
    await subject.discarded();
    await driver[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  describeTerminal(subject);
  describeInput(subject);
  describeResume(subject);
  describeScreen(subject);
  describeFlow(subject);
  describeWriters(subject);
  describeTyping(subject);
  describeEnding(subject);
});
