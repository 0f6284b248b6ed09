/** The agent under the server's own connection to it, without a cluster. */
import { once } from 'node:events';
import pino from 'pino';
import { systemClock } from '../../sandbox-server/clock.ts';
import type { Driver, SandboxRecord, SandboxRequest } from '../../sandbox-server/driver/driver.ts';
import type { AgentStream } from '../../sandbox-server/driver/kubernetes/agent-connection.ts';
import { createAgentConnections } from '../../sandbox-server/driver/kubernetes/agent-connections.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { makeSubject, type Subject } from '../drivers/contract-subject.ts';
import type { RunningAgent } from './agent-program.ts';

/** Sandboxes are agents of this machine, made by `makeAgent`; all else of them is the kubernetes driver's. */
export function createAgentDriver(makeAgent: () => Promise<RunningAgent>): Driver {
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
      agents.set(id, await makeAgent());
      const createdAt = new Date();
      return { id, lab: lab.slug, ownerHash, namespace: id, state: 'running', createdAt, expiresAt: createdAt };
    },
    list: () => Promise.resolve([]),
    follow: () => ({ [Symbol.dispose]: () => undefined }),
    attach: (id, order, onEvent, signal) => connections.attach(id, order, onEvent, signal),
    saveHome: () => Promise.reject(new PodiumError('home_failed')),
    restoreHome: () => Promise.reject(new PodiumError('home_failed')),
    extend: () => Promise.reject(new PodiumError('sandbox_unknown')),
    runCheck: () => Promise.reject(new PodiumError('check_failed')),
    runAsLearner: () => Promise.reject(new PodiumError('script_failed')),
    watchChecks: () => Promise.reject(new PodiumError('check_failed')),
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

/** Describes a part of the contract with such sandboxes. */
export function makeAgentSubject(driver: () => Driver): Subject {
  return makeSubject(() => ({
    driver: driver(),
    lab: { slug: 'agent', image: 'none', lifeMinutes: 1 },
    createAnother: () => Promise.reject(new Error('its records are not kept')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));
}
