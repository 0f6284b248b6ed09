/** What the janitor finds to do in what is on record. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDuty, findPodDuty, isLeftClaim } from '../../sandbox-server/driver/kubernetes/janitor-duties.ts';
import type { Place } from '../../sandbox-server/driver/kubernetes/place.ts';

const now = Date.UTC(2026, 10, 23, 12);
const ago = (seconds: number) => new Date(now - seconds * 1000);
const claim = { id: 'mine', lab: 'first-steps', ownerHash: 'a' };

function place(changed: Partial<Place> = {}): Place {
  const life = { createdAt: ago(3600), expiresAt: ago(-3600) };
  return { id: 'p', image: 'i', uid: 'u', resourceVersion: '1', state: 'running', claim, ...life, ...changed };
}

describe('the janitor', () => {
  for (const [what, given, duty] of [
    ['leaves alone what runs', place(), 'none'],
    ['leaves what has just expired to the server', place({ expiresAt: ago(29) }), 'none'],
    ['ends what no server has ended', place({ expiresAt: ago(31) }), 'end'],
    ['ends a place of the pool that nobody took', place({ state: 'warm', expiresAt: ago(31) }), 'end'],
    ['lets a start take its time', place({ state: 'starting', createdAt: ago(299) }), 'none'],
    ['ends a start that its server has left', place({ state: 'starting', createdAt: ago(301) }), 'end'],
    ['lets an end take its time', place({ state: 'stopping', stoppingSince: ago(29) }), 'none'],
    ['clears what holds an end', place({ state: 'stopping', stoppingSince: ago(31) }), 'clear'],
    ['waits no longer for a node', place({ state: 'stopping', stoppingSince: ago(76) }), 'force'],
  ] as const) {
    it(what, () => assert.equal(findDuty(given, now), duty));
  }

  describe('takes away a claim', () => {
    const held = { ...claim, placeId: 'p', uid: 'c', resourceVersion: '1', createdAt: ago(3600) };
    for (const [what, places, createdAt, isLeft] of [
      ['not while its place is there', [place()], ago(3600), false],
      ['when its place is gone', [], ago(3600), true],
      ['when its place went to another', [place({ claim: { ...claim, id: 'other' } })], ago(3600), true],
      ['not before its start could have come to anything', [], ago(299), false],
    ] as const) {
      it(what, () => {
        const byId = new Map(places.map((each) => [each.id, each]));
        assert.equal(isLeftClaim({ ...held, createdAt }, byId, now), isLeft);
      });
    }
  });

  describe('ends a shell pod', () => {
    const pod = { placeId: 'p', createdAt: ago(3600), stoppingSince: undefined };
    for (const [what, given, places, duty] of [
      ['not while its place is there', pod, [place()], 'none'],
      ['when its place is gone', pod, [], 'end'],
      ['not when it is newer than what is known', { ...pod, createdAt: ago(10) }, [], 'none'],
      ['without its node when that does not answer', { ...pod, stoppingSince: ago(76) }, [], 'force'],
    ] as const) {
      it(what, () => assert.equal(findPodDuty(given, new Map(places.map((each) => [each.id, each])), now), duty));
    }
  });
});
