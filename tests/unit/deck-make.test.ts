import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineSteps } from '../../sandbox-server/decks/colour-code.ts';
import type { DeckSource, RenderedDeck } from '../../sandbox-server/decks/deck.ts';
import { makeDeck } from '../../sandbox-server/decks/make-deck.ts';

type Written = Omit<DeckSource, 'source' | 'file'> & { markdown: string };

async function renderDeck({ markdown, ...rest }: Written): Promise<RenderedDeck> {
  const result = await makeDeck({ source: markdown, file: 'decks/own.md', ...rest });
  assert.ok(result.ok);
  return result.deck;
}

describe('an author who writes a deck in Markdown', () => {
  test('it puts slides beside and below each other', async () => {
    const { html, slides } = await renderDeck({ markdown: '# One\n---\n## Two\n--\n## Below two\n---\n## Three' });
    assert.deepEqual(
      slides.map(({ title }) => title),
      ['One', 'Two', 'Below two', 'Three'],
    );
    assert.match(
      html,
      /<section><section><h2>Two<\/h2>\s*<\/section><section><h2>Below two<\/h2>\s*<\/section><\/section>/,
    );
  });

  test('it keeps notes off the slide and gives them to the speaker', async () => {
    const { html, slides } = await renderDeck({ markdown: '# One\n\nseen\n\nNote:\nsaid *aloud*' });
    assert.match(html, /<aside class="notes">/);
    assert.equal(slides[0]?.notes.trim(), '<p>said <em>aloud</em></p>');
  });

  test('it obeys attributes of slides and elements as reveal.js does', async () => {
    const { html } = await renderDeck({
      markdown: '# One <!-- .slide: data-background="#123456" -->\n\n- a <!-- .element: class="fragment" -->',
    });
    assert.match(html, /<section data-background="#123456">/);
    assert.match(html, /<li class="fragment">a/);
  });

  test('it colours code by variables, and shows lines step by step', async () => {
    const { html } = await renderDeck({ markdown: '```js [1|2]\nconst one = 1;\nconst two = 2;\n```' });
    assert.match(html, /var\(--astro-code-token-keyword\)/);
    assert.equal(html.match(/class="line highlight-line"/g)?.length, 2);
    assert.equal(html.match(/<code[^>]* class="[^"]*fragment"/g)?.length, 1);
  });

  test('it shows code that looks like HTML as code, whatever its language', async () => {
    const { html } = await renderDeck({ markdown: '```\n<script>alert(1)</script>\n```\n\n```klingon\n<b>&amp;\n```' });
    assert.doesNotMatch(html, /<script>/);
    assert.match(html, /&lt;script&gt;alert/);
    assert.match(html, /&lt;b&gt;&amp;amp;/);
  });

  test('it takes separators of an older site', async () => {
    const { slides } = await renderDeck({
      markdown: '# One\n\n\n# Two\n\n\n# Three',
      siteDefaults: { separator: '^\\r?\\n\\r?\\n' },
    });
    assert.equal(slides.length, 3);
  });

  test('it says that a deck holds a terminal', async () => {
    const deck = await renderDeck({ markdown: '# One\n\n<podium-terminal lab="first-steps"></podium-terminal>' });
    assert.equal(deck.hasTerminal, true);
    assert.match(deck.html, /<podium-terminal lab="first-steps"><\/podium-terminal>/);
  });

  test('it shows on paper what the terminal would, and which lab it is', async () => {
    const { html } = await renderDeck({
      markdown:
        '# One\n\n<podium-terminal lab="first-steps">\n$ kubectl get nodes\nnode1 &lt;none&gt;\n</podium-terminal>',
      captionOf: (lab) => ({ text: `Lab ${lab}`, href: `/labs/${lab}/` }),
    });
    assert.match(
      html,
      /<podium-terminal lab="first-steps"><\/podium-terminal><figure class="terminal-still"><pre><b>\$ kubectl get nodes<\/b>\nnode1 &lt;none&gt;<\/pre><figcaption><a href="\/labs\/first-steps\/">Lab first-steps<\/a><\/figcaption><\/figure>/,
    );
  });

  test('it names the lab on paper where the terminal is one line without an example, and promises nothing of a lab that there is not', async () => {
    const source = { markdown: '# One\n\n<podium-terminal lab="first-steps"></podium-terminal>' };
    const { html } = await renderDeck({ ...source, captionOf: () => ({ text: 'Lab', href: '/' }) });
    assert.match(html, /<\/h1>\s*<podium-terminal[^>]*><\/podium-terminal><figure class="terminal-still"><figcaption>/);
    assert.doesNotMatch((await renderDeck(source)).html, /terminal-still/);
  });

  test('it gets the same slides each time', async () => {
    const source = { markdown: '# One\n---\n```js\nlet a\n```' };
    assert.deepEqual(await renderDeck(source), await renderDeck(source));
  });
});

describe('lines that are highlighted', () => {
  for (const [attribute, steps] of [
    ['', [[]]],
    ['1', [[1]]],
    ['1|2-4', [[1], [2, 3, 4]]],
    ['1,3|', [[1, 3], []]],
    ['x', [[]]],
  ] as const) {
    test(`"${attribute}" gives ${JSON.stringify(steps)}`, () => {
      assert.deepEqual(
        lineSteps(attribute).map((lines) => [...lines]),
        steps,
      );
    });
  }
});
