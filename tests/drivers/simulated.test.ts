/**
 * The kubernetes driver in a cluster without machines, as `npm run bench -- simulated-5000` has it: what is played there
 * must keep the contract of a driver as far as it plays. Checks need a kubelet, and are not played.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildGoProgram, startAgent } from '../support/agent-program.ts';
import { skippedWithoutRoot } from '../support/embedded-clusters.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../bench/simulated/simulated-cluster.ts';
import { describeRequest } from '../bench/simulated/counting-proxy.ts';
import { describeEnd } from './contract-end.ts';
import { describeStart } from './contract-start.ts';
import { type DriverUnderTest, makeSubject, TEST_LIMIT_MS } from './contract-subject.ts';
import { describeTerminal } from './contract-terminal.ts';

describe('a simulated cluster', { timeout: 10 * TEST_LIMIT_MS, skip: skippedWithoutRoot }, () => {
  let folder = '';
  let cluster: SimulatedCluster;
  let underTest: DriverUnderTest;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-agent-'));
    const program = await buildGoProgram('.', folder);
    cluster = await createSimulatedCluster(() => startAgent(program, { environment: { SHELL: '/bin/bash' } }));
    const driver = await cluster.createDriver();
    underTest = {
      driver,
      lab: { slug: 'first-steps', image: 'podium.dev/shell:1', lifeMinutes: 90 },
      createAnother: () => cluster.createDriver(),
      [Symbol.asyncDispose]: () => driver[Symbol.asyncDispose](),
    };
  });
  const subject = makeSubject(() => underTest);
  after(async () => {
    await subject.discarded();
    await underTest[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  describeStart(subject);
  describeTerminal(subject);
  describeEnd(subject);
});

describe('a request to an API server', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['GET', '/api/v1/namespaces?labelSelector=a', 'GET namespaces'],
    ['PATCH', '/api/v1/namespaces/learner-a', 'PATCH namespaces'],
    ['GET', '/api/v1/namespaces?watch=true', 'WATCH namespaces'],
    ['POST', '/apis/coordination.k8s.io/v1/namespaces/podium/leases', 'POST leases'],
    ['GET', '/api/v1/namespaces/podium-sandboxes/pods/shell-a/exec?command=a', 'GET pods/exec'],
    ['GET', '/readyz', 'GET readyz'],
  ];
  for (const [method, address, expected] of rows) {
    it(`is counted as "${expected}": ${method} ${address}`, () => {
      assert.equal(describeRequest(method, address), expected);
    });
  }
});
