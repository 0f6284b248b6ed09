import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FastifyRequest } from 'fastify';
import { makeDeck } from '../../sandbox-server/decks/make-deck.ts';
import { decodePoll } from '../../sandbox-server/decks/polls.ts';
import { randomSecrets } from '../../sandbox-server/follow/secrets.ts';
import { createFollowAddress } from '../../sandbox-server/http/follow-address.ts';
import { createMayPresent } from '../../sandbox-server/http/may-present.ts';
import { normaliseCode, showingCode } from '../../sandbox-server/protocol/showing.ts';
import { countPolls } from '../../sandbox-server/store/sql-showings.ts';
import { makeFollowSlides } from '../../src/follow/follow-slides.ts';
import type { FollowSlide } from '../../src/follow/followed-deck.ts';
import { beginning, lastOpen, moveLive, returnToLive, shownSlide, step } from '../../src/follow/place.ts';

async function followSlides(source: string): Promise<FollowSlide[]> {
  const made = await makeDeck({ source, file: 'deck.md' });
  assert.ok(made.ok);
  return makeFollowSlides(made.deck.html, made.deck.slides);
}

describe('the code of a showing', () => {
  it('is six signs, none of which is taken for another', () => {
    for (let count = 0; count < 500; count += 1) {
      const code = randomSecrets.makeCode();
      assert.ok(showingCode.safeParse(code).success, code);
      assert.doesNotMatch(code, /[01ilo]/);
    }
  });

  it('may be typed in capitals, with blanks and hyphens', () => {
    assert.equal(normaliseCode(' K7M-2 qx'), 'k7m2qx');
  });
});

describe('who may begin a showing', () => {
  const own = { host: '127.0.0.1', publicUrl: undefined };
  const here = { host: 'localhost:4321', origin: 'http://localhost:4321' };
  for (const [who, options, headers, address, may] of [
    ['somebody at this machine', own, here, '127.0.0.1', true],
    ['somebody at this machine by IPv6', own, { host: '[::1]:1', origin: 'http://[::1]:1' }, '::1', true],
    ['somebody at a port that is forwarded', { ...own, host: '0.0.0.0' }, here, '::ffff:127.0.0.1', true],
    ['nobody of the room', { ...own, host: '0.0.0.0' }, here, '192.0.2.9', false],
    ['no page of another name', own, { ...here, host: 'podium.example' }, '127.0.0.1', false],
    ['no page of another site', own, { ...here, origin: 'https://evil.example' }, '127.0.0.1', false],
    ['no program without a page', own, { host: 'localhost' }, '127.0.0.1', false],
    ['nobody through a proxy', own, { ...here, 'x-forwarded-for': '192.0.2.9' }, '127.0.0.1', false],
    [
      'nobody where a proxy on this machine may hide who asks',
      { host: '127.0.0.1', publicUrl: new URL('https://podium.example') },
      here,
      '127.0.0.1',
      false,
    ],
  ] as const) {
    it(`is ${who}`, () => {
      const request = { headers, socket: { remoteAddress: address } } as unknown as FastifyRequest;
      assert.equal(createMayPresent(options)(request), may);
    });
  }
});

describe('the address that a room types', () => {
  const request = { socket: { localPort: 4321 } } as unknown as FastifyRequest;
  const listOuterAddresses = () => ['192.168.1.5'];
  for (const [what, host, publicUrl, expected] of [
    ['the public one', '0.0.0.0', new URL('https://podium.example'), ['https://podium.example/follow/k7m2qx', true]],
    ['one of this machine’s', '0.0.0.0', undefined, ['http://192.168.1.5:4321/follow/k7m2qx', true]],
    ['the one it listens on', '10.0.0.7', undefined, ['http://10.0.0.7:4321/follow/k7m2qx', true]],
    ['one for this machine alone', '127.0.0.1', undefined, ['http://127.0.0.1:4321/follow/k7m2qx', false]],
  ] as const) {
    it(`is ${what}`, () => {
      const { address, isReachable } = createFollowAddress({ host, publicUrl, listOuterAddresses })('k7m2qx', request);
      assert.deepEqual([address, isReachable], expected);
    });
  }
});

describe('a follower', () => {
  const at = (live: number) => moveLive(beginning, live);

  it('goes where the room goes', () => {
    assert.equal(shownSlide(moveLive(at(3), 4)), 4);
  });

  it('stays while looking back, and never looks ahead of the room', () => {
    const back = step(step(at(3), -1, 3), -1, 3);
    assert.equal(shownSlide(moveLive(back, 4)), 1);
    assert.equal(shownSlide(returnToLive(moveLive(back, 4))), 4);
    assert.equal(shownSlide(step(at(3), 1, lastOpen(at(3), 10, false))), 3);
    assert.equal(shownSlide(step(at(3), 1, lastOpen(at(3), 10, true))), 4);
  });

  it('follows again when stepping onto the room’s slide', () => {
    assert.equal(step(step(at(3), -1, 3), 1, 3).looking, undefined);
  });

  it('may still look at what was shown before the room went back', () => {
    assert.equal(lastOpen(moveLive(at(7), 2), 10, false), 7);
  });
});

describe('a slide for a small screen', () => {
  it('is found by the ids and places of the deck, without hidden slides', async () => {
    const slides = await followSlides(
      '# A\n\n---\n\n<!-- .slide: data-visibility="hidden" -->\n# H\n\n---\n\n# B\n\n--\n\n<!-- .slide: id="own" -->\n# C\n',
    );
    assert.deepEqual(
      slides.map(({ id, h, v, title }) => [id, h, v, title]),
      [
        ['slide-1', 0, 0, 'A'],
        ['slide-2-1', 1, 0, 'B'],
        ['own', 1, 1, 'C'],
      ],
    );
  });

  it('numbers what comes by a key as reveal.js does, and keeps notes and sizes away', async () => {
    const [slide] = await followSlides(
      [
        '- a <!-- .element: class="fragment" -->',
        '- b <!-- .element: class="fragment" data-fragment-index="0" -->',
        '',
        '<p style="width:900px" onclick="x()">wide</p>',
        '',
        'Note:',
        'not for all',
      ].join('\n'),
    );
    assert.match(slide?.html ?? '', /data-fragment="1">a/);
    assert.match(slide?.html ?? '', /data-fragment="0">b/);
    assert.doesNotMatch(slide?.html ?? '', /style=|onclick|not for all|class="fragment/);
    assert.match(slide?.notes ?? '', /not for all/);
  });

  it('has a poll as a list of answers', async () => {
    const [slide] = await followSlides('```poll\nWhich?\n- [ ] One <b>\n- [ ] Two\n```\n');
    assert.match(
      slide?.html ?? '',
      /Which\?<\/p><ul data-poll="poll-1"[^>]*><li>One &lt;b&gt;<\/li><li>Two<\/li><\/ul>/,
    );
  });
});

describe('a poll', () => {
  for (const [what, text, expected] of [
    ['one answer each', 'Q?\n- a\n- b', { question: 'Q?', answers: ['a', 'b'], isMulti: false }],
    ['several answers', 'Q?\n- [ ] a\n- [ ] b', { question: 'Q?', answers: ['a', 'b'], isMulti: true }],
    ['no answers', 'Q?', undefined],
  ] as const) {
    it(`is read with ${what}`, () => assert.deepEqual(decodePoll(text), expected));
  }

  it('counts answers, and people once', () => {
    const rows = [
      { subject: 'poll p', answers: '0,2', count: 2 },
      { subject: 'poll p', answers: '2', count: 3 },
      { subject: 'poll p', answers: '', count: 9 },
    ];
    assert.deepEqual(countPolls(rows), [{ id: 'p', counts: [2, 0, 5], voters: 5 }]);
  });
});
