import cookie, { sign } from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { COOKIE, createPeople } from '../../sandbox-server/http/people.ts';
import { registerRateLimits } from '../../sandbox-server/http/rate-limits.ts';

const SECRET = Buffer.alloc(32);
const LEARNERS = 300;
const WINDOWS = 2;
/** A step every ten seconds; and each window says every 20 s what it has in sight. */
const SIGHTS_A_MINUTE = 6 + 3;

describe('a room of 300 behind one address', () => {
  let app: FastifyInstance;
  beforeEach(async () => {
    app = Fastify();
    await app.register(cookie);
    const limits = await registerRateLimits(app, createPeople(SECRET, { isSecure: false }));
    app.get('/sight', { preHandler: limits.watching }, () => 'seen');
    app.get('/click', { preHandler: limits.costly }, () => 'checked');
  });
  afterEach(() => app.close());

  const countRefused = async (url: string, learner: number, times: number): Promise<number> => {
    const cookies = { [COOKIE]: sign(`learner-${learner}`, SECRET) };
    const replies = await Promise.all(Array.from({ length: times }, () => app.inject({ url, cookies })));
    return replies.filter(({ statusCode }) => statusCode !== 200).length;
  };

  it('turns steps in two windows each, and may click on Check all the same', async () => {
    let refused = 0;
    for (let learner = 0; learner < LEARNERS; learner += 1) {
      refused += await countRefused('/sight', learner, WINDOWS * SIGHTS_A_MINUTE);
      refused += await countRefused('/click', learner, 1);
    }
    assert.equal(refused, 0);
  });

  it('is not disturbed by one whose page turns steps without end', async () => {
    assert.ok((await countRefused('/sight', 0, 200)) > 50);
    assert.equal(await countRefused('/click', 0, 10), 0);
    assert.equal(await countRefused('/sight', 1, 10), 0);
  });
});
