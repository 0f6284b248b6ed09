import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkInstanceName, instanceLimit, makeAddresses, makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { ClusterError } from '../../deploy/cluster/errors.ts';

for (const name of ['podium', 'a', 'test-2', '0']) {
  test(`the name of a cluster: it may be ${name}`, () => {
    assert.equal(checkInstanceName(name), name);
  });
}

for (const name of ['', '-a', 'a-', 'A', '../etc', 'a/b', 'a b', 'x'.repeat(33)]) {
  test(`the name of a cluster: it may not be ${JSON.stringify(name)}, and the message says what may`, () => {
    assert.throws(
      () => makeInstancePaths(name),
      (error) => error instanceof ClusterError && error.code === 'bad-name' && /1 to 32/u.test(error.next),
    );
  });
}

test('two clusters side by side: it never gives them a common address range', () => {
  const ranges = new Set<string>();
  for (let number = 0; number < instanceLimit; number += 1) {
    const { node, podRange, serviceRange } = makeAddresses(number);
    for (const range of [node, podRange, serviceRange]) ranges.add(range.split('.').slice(0, 2).join('.'));
  }
  assert.equal(ranges.size, 3 * instanceLimit);
});

test('a cluster: it keeps all that it writes below one folder of its own', () => {
  const { lock, supervisorLock, ...paths } = makeInstancePaths('one', '/state');
  for (const path of Object.values(paths)) assert.match(path, /^\/state\/one($|\/)/u);
  assert.deepEqual([lock, supervisorLock], ['/state/.one.lock', '/state/.one.supervisor.lock']);
});
