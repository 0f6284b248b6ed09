import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decideLeaseStep,
  decodeLease,
  explainRefusal,
  LEASE_SECONDS,
  makeDataLease,
  makeRenewal,
  type ObservedLease,
} from '../../sandbox-server/driver/kubernetes/data-lease-object.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const LEASE_MS = LEASE_SECONDS * 1000;
const data = { identity: 'ours', description: 'a file of its own, /data on here', isShared: false };
const lease: ObservedLease = {
  identity: 'theirs',
  description: 'the database "podium" at db',
  renewTime: '2026-11-23T11:59:59.000000Z',
  uid: 'u',
  resourceVersion: '7',
};
const seen = (agoMs: number, renewTime = lease.renewTime) => ({ renewTime, sinceMs: NOW - agoMs });

describe('a server that comes to a cluster', () => {
  for (const [what, found, sighting, expected] of [
    ['makes the lease where there is none', undefined, undefined, 'make'],
    ['goes on at once with that of its own data, however old', { ...lease, identity: 'ours' }, undefined, 'renew'],
    ['waits to see whether a server with other data is there', lease, undefined, 'watch'],
    ['waits as long as a lease lasts', lease, seen(LEASE_MS), 'watch'],
    ['takes it over when nobody has renewed it in that time', lease, seen(LEASE_MS + 1), 'renew'],
    ['is refused when somebody has', lease, seen(2000, '2026-11-23T11:59:51.000000Z'), 'refuse'],
    ['is refused also when that came late', lease, seen(LEASE_MS + 1, '2026-11-23T11:59:51.000000Z'), 'refuse'],
  ] as const) {
    it(what, () => assert.equal(decideLeaseStep(found, data.identity, sighting, NOW), expected));
  }

  it('is told who holds the cluster, and what to do', () => {
    const sentence = explainRefusal(data, lease);
    assert.match(sentence, /the database "podium" at db, this one in a file of its own, \/data on here\./);
    assert.match(sentence, /set PODIUM_DATABASE_URL to the same one for all of them, or stop the other one first/);
    assert.match(sentence, /kubectl -n podium-sandboxes get lease server-data/);
  });
});

describe('the lease of a server', () => {
  it('is where its account may write Leases already, with a time that Kubernetes takes', () => {
    assert.deepEqual(makeDataLease(data, NOW), {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: 'server-data',
        namespace: 'podium-sandboxes',
        labels: { 'app.kubernetes.io/managed-by': 'podium' },
        annotations: { 'podium.dev/data': data.description },
      },
      spec: { holderIdentity: 'ours', leaseDurationSeconds: 30, renewTime: '2026-11-23T12:00:00.000000Z' },
    });
  });

  it('is renewed only as it was seen, so that of two who take it one does', () => {
    assert.equal(makeRenewal(data, lease, NOW).metadata.resourceVersion, '7');
  });

  it('is read again as it was written', () => {
    const { metadata, spec } = makeDataLease(data, NOW);
    const read = decodeLease({ metadata: { ...metadata, uid: 'u', resourceVersion: '8' }, spec });
    const { identity, description } = data;
    assert.deepEqual(read, { identity, description, renewTime: spec?.renewTime, uid: 'u', resourceVersion: '8' });
  });
});
