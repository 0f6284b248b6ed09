import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHandOut } from '../../sandbox-server/cli/deck/handed-out.ts';
import type { RenderedDeck, Slide } from '../../sandbox-server/decks/deck.ts';
import { makeHandout } from '../../src/deck/deck-handout.ts';

describe('an author who asks for a deck as a file', () => {
  test('it is told what is written where, without any option', () => {
    assert.deepEqual(parseHandOut('pdf', ['welcome']), {
      ok: true,
      wishes: { format: 'pdf', name: 'welcome', language: 'en', out: 'welcome.pdf', hasNotes: false, base: undefined },
    });
    const exported = parseHandOut('export', ['welcome', '--language', 'fr', '--out', 'a.html']);
    assert.ok(exported.ok);
    assert.deepEqual([exported.wishes.out, exported.wishes.language], ['a.html', 'fr']);
  });

  for (const [format, args, sentence] of [
    ['pdf', [], /Name one deck/],
    ['pdf', ['one', 'two'], /Name one deck/],
    ['pdf', ['../secret'], /Name one deck/],
    ['pdf', ['welcome', '--language', 'de'], /languages en and fr/],
    ['pdf', ['welcome', '--base', 'nowhere'], /is no address/],
    ['pdf', ['welcome', '--colour'], /--colour/],
    ['export', ['welcome', '--notes'], /--notes is for pdf/],
  ] as const) {
    test(`it says what is wrong with ${format} ${args.join(' ')}`, () => {
      const parsed = parseHandOut(format, args);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, sentence);
    });
  }
});

const slide = (values: Partial<Slide>): Slide => ({
  id: 'slide-1',
  h: 0,
  v: 0,
  title: '',
  notes: '',
  text: '',
  timing: undefined,
  visibility: undefined,
  line: 1,
  ...values,
});

describe('a reader of the handout', () => {
  const made = (html: string, slides: readonly Slide[]) =>
    makeHandout({ html, slides } as RenderedDeck).map(({ body }) => body);

  test('it has each slide once, hidden ones not, and nothing that waits for a key', () => {
    const html =
      '<section><h2>One</h2><p class="fragment">now</p><aside class="notes">said</aside></section>' +
      '<section data-visibility="hidden"><p>gone</p></section>' +
      '<section><section><p>up</p></section><section><h2>Two</h2><h2>Below</h2><p>down</p></section></section>';
    assert.deepEqual(made(html, [slide({}), slide({ h: 1 }), slide({ h: 1, v: 1 })]), [
      '<p class="">now</p>',
      '<p>up</p>',
      '<h3>Below</h3><p>down</p>',
    ]);
  });

  test('it has the still of a terminal, and no terminal', () => {
    const html =
      '<section><podium-terminal lab="a"></podium-terminal><figure class="terminal-still">ls</figure></section>';
    assert.deepEqual(made(html, [slide({})]), ['<figure class="terminal-still">ls</figure>']);
  });
});
