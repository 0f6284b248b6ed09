import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';

const folder = join(import.meta.dirname, '..', '..', 'content', 'decks');

/** What one can speak on a slide in half a minute to a minute and a half. */
const FEWEST_WORDS = 60;
const MOST_WORDS = 200;

const slidesOf = (source: string): string[] => source.replace(/^---\n[\s\S]*?\n---\n/, '').split(/\n---\n|\n--\n/);

suite('the decks that come with Podium', async () => {
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.md'))) {
    const slides = slidesOf(await readFile(join(folder, name), 'utf8'));

    test(`it has notes on every slide of ${name} that one can speak`, () => {
      for (const [index, slide] of slides.entries()) {
        const words =
          slide
            .split(/^Note:/m)[1]
            ?.trim()
            .split(/\s+/).length ?? 0;
        assert.ok(words >= FEWEST_WORDS && words <= MOST_WORDS, `slide ${index + 1} has notes of ${words} words`);
      }
    });

    test(`it has a title on every slide of ${name}`, () => {
      for (const [index, slide] of slides.entries()) assert.match(slide, /^##? \S/m, `slide ${index + 1}`);
    });

    test(`it needs nothing from the internet to show ${name}`, () => {
      for (const slide of slides) assert.doesNotMatch(slide, /(?:src|href)="(?:https?:)?\/\/|!\[[^\]]*\]\(https?:/);
    });
  }
});
