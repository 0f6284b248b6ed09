/**
 * `npm run decks:diff`: decks as reveal.js shows them in Chromium against what we make of them. `npm run decks:diff --
 * FOLDER` does it with the decks of a folder. Ends with "decks: N compared, M unexplained differences".
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { findDeckFiles } from '../../sandbox-server/decks/load-decks.ts';
import { findPictures } from '../../sandbox-server/decks/find-picture.ts';
import { chooseSeed } from '../support/seeded-random.ts';
import { compareDeck, type ComparedDeck, type Comparison } from './compare.ts';
import { countFeatures } from './features.ts';
import { generateDecks } from './generated-decks.ts';
import { openRevealPage } from './reveal-page.ts';

const root = join(import.meta.dirname, '../..');
const OWN_FOLDERS = [join(root, 'content/decks'), join(import.meta.dirname, 'corpus')];
/** With the decks that are written by hand more than 300. */
const GENERATED = 330;
/** Of what differs in one deck. */
const SHOWN_LINES = 30;
/** So that the same decks are compared each time; `PODIUM_TEST_SEED` names others. */
const SEED = 20_261_122;

async function readDecks(folder: string): Promise<ComparedDeck[]> {
  const paths = await findDeckFiles(folder);
  return Promise.all(
    paths.map(async (path) => ({
      name: relative(dirname(folder), path),
      source: await readFile(path, 'utf8'),
      pictureOf: findPictures({ path, root: folder }),
    })),
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report({ name, unexplained }: Comparison, source: string): void {
  if (unexplained.length === 0) return;
  say(`\n${name}:`);
  for (const line of unexplained.slice(0, SHOWN_LINES)) say(`  ${line}`);
  if (unexplained.length > SHOWN_LINES) say(`  … and ${unexplained.length - SHOWN_LINES} more lines`);
  if (process.env['PODIUM_TEST_SHOW'] !== undefined) say(`${'-'.repeat(20)}\n${source}\n${'-'.repeat(20)}`);
}

async function main(folders: readonly string[]): Promise<number> {
  const decks = (
    await Promise.all((folders.length > 0 ? folders : OWN_FOLDERS).map((each) => readDecks(resolve(each))))
  ).flat();
  const seed = process.env['PODIUM_TEST_SEED'] === undefined ? SEED : chooseSeed();
  if (folders.length === 0) {
    say(`decks: generated with PODIUM_TEST_SEED=${seed}`);
    decks.push(...generateDecks(seed, GENERATED));
  }
  const explained = new Map<string, number>();
  let unexplained = 0;
  let compared = 0;
  {
    await using page = await openRevealPage();
    for (const deck of decks) {
      const comparison = await compareDeck(page, deck);
      for (const name of comparison.explained) explained.set(name, (explained.get(name) ?? 0) + 1);
      compared += comparison.isComparable ? 1 : 0;
      unexplained += comparison.unexplained.length > 0 ? 1 : 0;
      report(comparison, deck.source);
    }
  }
  say(`explained: ${[...explained].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  const counts = countFeatures(decks.map(({ source }) => source));
  say(`features: ${counts.map(({ name, count }) => `${name} ${count}`).join(', ')}`);
  if (compared < decks.length) say(`not counted: ${decks.length - compared}, on which reveal.js itself fails`);
  say(`decks: ${compared} compared, ${unexplained} unexplained differences`);
  return unexplained === 0 && compared > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
