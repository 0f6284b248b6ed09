/**
 * What a learner may try without meaning harm and must not manage, with the sentences that they are told; and what
 * a check is kept from. Those who mean harm are in `attacks/`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { learnerNamespace } from '../../sandbox-server/driver/kubernetes/names.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { createLearner, type Learner } from '../support/learner.ts';

/** Refused connections are waited for, a few seconds each. */
const TEST_LIMIT_MS = 240_000;
const never = new AbortController().signal;

describe('a learner cannot', { skip: skippedWithoutCluster, timeout: 3 * TEST_LIMIT_MS }, () => {
  let cluster: TestCluster;
  let driver: Driver;
  let alice: Learner;
  let bob: Learner;

  before(async () => {
    cluster = await acquireCluster();
    driver = await cluster.createDriver();
    [alice, bob] = await Promise.all([createLearner(driver), createLearner(driver)]);
  });
  after(async () => {
    await Promise.all([alice[Symbol.asyncDispose](), bob[Symbol.asyncDispose]()]);
    await driver[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const overrides = (spec: string) => `kubectl run bad --image=nginx --overrides='{"spec":${spec}}'`;
  const object = (json: string) => `kubectl create -f - <<< '${json}'`;

  const refusals: readonly { readonly called: string; readonly line: string; readonly says: RegExp }[] = [
    {
      called: 'push others from the node',
      line: overrides('{"priorityClassName":"system-node-critical"}'),
      says: /priorityClassName/,
    },
    {
      called: 'leave a pod that takes an hour to end',
      line: overrides('{"terminationGracePeriodSeconds":3600}'),
      says: /a lab ends within a minute/,
    },
    {
      called: 'give a pod an hour to end when they delete it',
      line: 'kubectl run slow --image=nginx; kubectl delete pod slow --grace-period=3600',
      says: /Ask for 60 or less/,
    },
    {
      called: 'leave an object that never ends',
      line: object(
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"stuck","finalizers":["example.com/never"]}}',
      ),
      says: /Leave metadata.finalizers out/,
    },
    {
      called: 'fill the cluster’s database',
      line: 'head -c 300000 /dev/urandom > ~/big && kubectl create secret generic big --from-file=$HOME/big',
      says: /may hold 256 KiB/,
    },
  ];
  for (const { called, line, says } of refusals) {
    it(called, { timeout: TEST_LIMIT_MS }, async () => {
      const { status, output } = await alice.type(line);
      assert.notEqual(status, 0, output);
      assert.match(output, says);
    });
  }

  describe('influence a check, which', { timeout: TEST_LIMIT_MS }, () => {
    const check = (source: string) =>
      driver.runCheck(alice.id, { name: 'probe', source: `#!/bin/sh\n${source}\n`, timeLimitMs: 10_000 }, never);

    it('has its own programs, home and account', async () => {
      await alice.run("mkdir -p ~/bin; printf '#!/bin/sh\necho hacked\n' > ~/bin/kubectl; chmod +x ~/bin/kubectl");
      await alice.run('printf "export PATH=~/bin:$PATH\\n" > ~/.profile; cp ~/.profile ~/.bashrc');
      const { output, exitCode } = await check('kubectl auth whoami -o jsonpath={.status.userInfo.username}');
      assert.deepEqual([output, exitCode], [`system:serviceaccount:podium-sandboxes:checker-${alice.id}`, 0]);
    });

    it('sees the home, and can change nothing in it, nor in the namespace', async () => {
      await alice.run('echo mine > ~/note');
      const { output } = await check(
        'cat /home/learner/note; touch /home/learner/x 2>&1; kubectl create configmap x 2>&1; ls /var/run/podium',
      );
      assert.match(output, /^mine\n.*Read-only file system\n.*[Ff]orbidden/s);
      assert.doesNotMatch(output, /^token$/m);
    });

    it('leaves nothing behind for the next', async () => {
      await check('echo secret > left; kubectl get pods');
      assert.equal((await check('ls -A /var/run/podium/checker | wc -l')).output.trim(), '1');
    });

    it('runs where the learner’s processes are not', async () => {
      assert.match((await check('ps -e -o args')).output, /ps -e/);
      assert.doesNotMatch((await check('ps -e -o args')).output, /bash -l/);
      assert.doesNotMatch(await alice.run('ls /var/run/podium'), /checker/);
    });
  });

  it('be seen by name in what another may read', () => {
    assert.notEqual(alice.namespace, bob.namespace);
    assert.equal(alice.namespace, learnerNamespace(alice.id));
  });
});
