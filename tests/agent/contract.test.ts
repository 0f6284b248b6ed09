/** The agent under the server's own connection to it: all that the driver contract says of terminals, without a cluster. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import pino from 'pino';
import { systemClock } from '../../sandbox-server/clock.ts';
import type { Driver, SandboxRecord, SandboxRequest } from '../../sandbox-server/driver/driver.ts';
import type { AgentStream } from '../../sandbox-server/driver/kubernetes/agent-connection.ts';
import { createAgentConnections } from '../../sandbox-server/driver/kubernetes/agent-connections.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { describeEnding } from '../drivers/contract-ending.ts';
import { describeFlow } from '../drivers/contract-flow.ts';
import { describeInput } from '../drivers/contract-input.ts';
import { describeResume } from '../drivers/contract-resume.ts';
import { describeScreen } from '../drivers/contract-screen.ts';
import { makeSubject, TEST_LIMIT_MS } from '../drivers/contract-subject.ts';
import { describeTerminal } from '../drivers/contract-terminal.ts';
import { describeTyping } from '../drivers/contract-typing.ts';
import { describeWriters } from '../drivers/contract-writers.ts';
import { buildGoProgram, type RunningAgent, startAgent } from '../support/agent-program.ts';

/** Sandboxes are agents of this machine; all else of them is the kubernetes driver's. */
function createDriver(program: string): Driver {
  const agents = new Map<string, RunningAgent>();
  const connections = createAgentConnections({
    openStream(id) {
      const agent = agents.get(id);
      if (!agent) return Promise.reject(new PodiumError('sandbox_unknown'));
      return Promise.resolve(openStream(agent));
    },
    findRestart: () => Promise.resolve(undefined),
    clock: systemClock,
    log: pino({ level: 'warn' }),
  });
  const end = async (id: string) => {
    connections.forget(id);
    const agent = agents.get(id);
    agents.delete(id);
    await agent?.[Symbol.asyncDispose]();
  };
  return {
    kind: 'kubernetes',
    async start({ ownerHash, lab }: SandboxRequest): Promise<SandboxRecord> {
      const id = sandboxId(ownerHash, lab.slug);
      agents.set(id, await startAgent(program, { SHELL: '/bin/bash' }));
      const createdAt = new Date();
      return { id, lab: lab.slug, ownerHash, namespace: id, state: 'running', createdAt, expiresAt: createdAt };
    },
    list: () => Promise.resolve([]),
    attach: (id, order, onEvent, signal) => connections.attach(id, order, onEvent, signal),
    runCheck: () => Promise.reject(new PodiumError('check_failed')),
    end,
    async [Symbol.asyncDispose]() {
      connections[Symbol.dispose]();
      for (const id of [...agents.keys()]) await end(id);
    },
  };
}

function openStream(agent: RunningAgent): AgentStream {
  const child = agent.attach();
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('attach was started without streams');
  stdin.on('error', () => undefined);
  return {
    output: stdout,
    async write(bytes) {
      if (!stdin.write(bytes)) await once(stdin, 'drain');
    },
    get unsentBytes() {
      return stdin.writableLength;
    },
    [Symbol.dispose]() {
      stdin.end();
      child.kill();
    },
  };
}

describe('the agent', { timeout: 10 * TEST_LIMIT_MS }, () => {
  let folder = '';
  let driver: Driver;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-agent-'));
    driver = createDriver(await buildGoProgram('.', folder));
  });
  after(async () => {
    await driver[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const subject = makeSubject(() => ({
    driver,
    lab: { slug: 'agent', image: 'none', ceilingMinutes: 1 },
    createAnother: () => Promise.reject(new Error('its records are not kept')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));
  describeTerminal(subject);
  describeInput(subject);
  describeResume(subject);
  describeScreen(subject);
  describeFlow(subject);
  describeWriters(subject);
  describeTyping(subject);
  describeEnding(subject);
});
