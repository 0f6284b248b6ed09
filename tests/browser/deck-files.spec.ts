import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import type { PodiumTerminal } from '../../src/terminal/podium-terminal.ts';
import { DECK, openDeck } from './deck-page.ts';
import { expect, test } from './lab.ts';

const root = join(import.meta.dirname, '../..');

async function podiumDeck(...args: readonly string[]): Promise<void> {
  const environment = { ...process.env, PODIUM_DIST: process.env['PODIUM_TEST_DIST'] ?? join(root, 'dist') };
  const program = join(root, 'sandbox-server/cli/podium.ts');
  await promisify(execFile)(process.execPath, [program, 'deck', ...args], { cwd: root, env: environment });
}

const pagesOf = (pdf: string): number => pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;

test.describe('an author who hands a deck out', () => {
  test('it makes a PDF with a page a slide, a page more for its notes, and links that lead to the site', async ({
    page,
    localPodium,
  }) => {
    const folder = await mkdtemp(join(tmpdir(), 'podium-deck-'));
    await podiumDeck('pdf', 'welcome', '--base', 'https://podium.example.org', '--out', join(folder, 'a.pdf'));
    await podiumDeck('pdf', 'welcome', '--notes', '--out', join(folder, 'b.pdf'));
    const [plain, withNotes] = await Promise.all(
      ['a.pdf', 'b.pdf'].map((name) => readFile(join(folder, name), 'latin1')),
    );
    await openDeck(page, localPodium.url + DECK);
    const slides = await page.locator('.slides section:not(.stack)').count();
    expect(pagesOf(plain ?? '')).toBe(slides);
    expect(pagesOf(withNotes ?? '')).toBe(2 * slides);
    const links = [...(plain ?? '').matchAll(/\/URI \(([^)]*)\)/g)].map(([, link]) => link);
    expect(links).toContain('https://podium.example.org/en/labs/first-steps/');
    expect(links.filter((link) => link?.includes('127.0.0.1'))).toEqual([]);
  });

  test('it makes one file that asks for nothing else, with keys, stills and pictures', async ({ page }) => {
    const file = join(await mkdtemp(join(tmpdir(), 'podium-deck-')), 'deck.html');
    await podiumDeck('export', 'welcome', '--out', file);
    const asked: string[] = [];
    const faults: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', ({ message }) => faults.push(message));
    const address = pathToFileURL(file).href;
    await openDeck(page, address);
    await page.keyboard.press('ArrowRight');
    await expect(page.locator('section.present h2')).toHaveText('A borrowed cluster goes away');
    await page.keyboard.press('g');
    await page.getByRole('textbox').fill('try it');
    await page.keyboard.press('Enter');
    await expect(page.locator('section.present .terminal-still')).toBeVisible();
    await page.keyboard.press('s');
    const face = await page.evaluate(async () => {
      await document.fonts.ready;
      return document.fonts.check('20px "Atkinson Hyperlegible Next"');
    });
    expect(face).toBe(true);
    expect(faults).toEqual([]);
    expect(asked.filter((url) => !url.startsWith('data:') && !url.startsWith(address))).toEqual([]);
  });

  test('it prints what stood in the terminal last', async ({ page, localPodium }) => {
    await openDeck(page, `${localPodium.url}${DECK}#/6`);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(page.locator('podium-terminal')).toHaveAttribute('data-connection', 'connected');
    await page.keyboard.type('echo kept-for-$((40+2))\n');
    await expect
      .poll(() => page.locator('podium-terminal').evaluate((terminal) => (terminal as PodiumTerminal).screenText()))
      .toContain('kept-for-42');
    await page.keyboard.press('PageDown');
    await page.goto(`${localPodium.url}${DECK}?print-pdf`);
    await expect(page.locator('.pdf-page .terminal-still pre')).toContainText('kept-for-42');
  });
});

test.describe('a reader of another site', () => {
  test('it sees the deck in a frame without bar and without terminal', async ({ page, localPodium }) => {
    await openDeck(page, `${localPodium.url}${DECK}?embed#/6`);
    await expect(page.locator('.deck-bar')).toBeHidden();
    await expect(page.locator('podium-terminal')).toBeHidden();
    await expect(page.locator('section.present .terminal-still')).toBeVisible();
  });
});

test.describe('a reader of the handout', () => {
  for (const [language, words] of [
    ['en', 'For years the interactive tutorials'],
    ['fr', 'Pendant des années'],
  ] as const) {
    test(`it reads slides and notes as one article in ${language}, at any width, and axe finds nothing`, async ({
      page,
      localPodium,
    }) => {
      for (const width of [1280, 390, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(`${localPodium.url}/${language}/decks/welcome/handout/`);
        await expect(page.getByText(words)).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id }) => id)).toEqual([]);
      }
    });
  }

  test('it is found by the search of the site', async ({ page, localPodium }) => {
    await page.goto(`${localPodium.url}/en/docs/`);
    const found = await page.evaluate(async () => {
      const address = '/pagefind/pagefind.js';
      const engine = (await import(address)) as {
        options(options: object): Promise<void>;
        search(query: string): Promise<{ results: { data(): Promise<{ url: string }> }[] }>;
      };
      await engine.options({ noWorker: true });
      const { results } = await engine.search('Katacoda closes to the public');
      return Promise.all(results.slice(0, 3).map(async (result) => (await result.data()).url));
    });
    expect(found).toContain('/en/decks/welcome/handout/');
  });
});
