import type { Page } from '@playwright/test';
import type { PodiumTerminal } from '../../src/terminal/podium-terminal.ts';
import { DECK, openDeck, openSpeaker, terminalSlide } from './deck-page.ts';
import { expect, test } from './lab.ts';

/** Width of a character of the terminal's face, as a part of its size. */
const ADVANCE = 0.6;
const LEAST_SLIDE_PX = 24;

async function openTerminalSlide(page: Page, url: string): Promise<void> {
  await openDeck(page, url + DECK);
  await page.goto(`${url}${DECK}#/${await terminalSlide(page)}`);
  await expect(page.locator('podium-terminal')).toBeVisible();
}

async function connected(page: Page): Promise<void> {
  await expect(page.locator('podium-terminal')).toHaveAttribute('data-connection', 'connected');
}

async function start(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await connected(page);
}

const screenOf = (page: Page): Promise<string> =>
  page.locator('podium-terminal').evaluate((terminal) => (terminal as PodiumTerminal).screenText());

/** Asks the shell itself how many cells it has, and the page where they are drawn. */
async function cellsOf(page: Page) {
  await page.keyboard.type('clear; stty size; echo first second third\n');
  await expect.poll(() => screenOf(page)).toMatch(/^first second third$/m);
  const lines = (await screenOf(page)).split('\n');
  const size = lines.find((line) => /^\d+ \d+$/.test(line)) ?? '';
  const [rows = 0, columns = 0] = size.split(' ').map(Number);
  const drawn = await page.locator('.xterm-screen').evaluate((screen) => {
    const { left, top, width, height } = screen.getBoundingClientRect();
    const canvas = screen.querySelector('canvas');
    const blur = canvas === null ? 0 : canvas.width - canvas.getBoundingClientRect().width * devicePixelRatio;
    const scale = (document.querySelector('.slides')?.getBoundingClientRect().width ?? 0) / 1280;
    return { left, top, width, height, blur, scale };
  });
  return { ...drawn, rows, columns, row: lines.indexOf('first second third') };
}

test.describe('a presenter with a terminal in a slide', () => {
  for (const [width, height] of [
    [1920, 1080],
    [1280, 800],
    [1024, 768],
  ] as const) {
    test(`it has sharp, large text at ${width} by ${height}, and the mouse selects the word that it points at`, async ({
      page,
      context,
      localPodium,
    }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.setViewportSize({ width, height });
      await openTerminalSlide(page, localPodium.url);
      await start(page);
      const cells = await cellsOf(page);
      const cell = { width: cells.width / cells.columns, height: cells.height / cells.rows };
      // Cells are whole pixels wide.
      expect(cell.width).toBeGreaterThanOrEqual(Math.floor(LEAST_SLIDE_PX * ADVANCE * cells.scale));
      expect(cells.columns).toBeGreaterThanOrEqual(78);
      for (const edge of [cells.left, cells.top]) expect(Math.abs(edge - Math.round(edge))).toBeLessThan(0.02);
      expect(Math.abs(cells.blur)).toBeLessThan(1);
      const column = 'first second'.length - 1;
      await page.mouse.dblclick(cells.left + (column + 0.5) * cell.width, cells.top + (cells.row + 0.5) * cell.height);
      await page.keyboard.press('Control+Shift+C');
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('second');
    });
  }

  test('it gives the shell all keys but those of a clicker and one chord', async ({ page, localPodium }) => {
    await openTerminalSlide(page, localPodium.url);
    const address = page.url();
    await start(page);
    await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
    await page.keyboard.type('echo b.o/g?tsf');
    for (const key of ['ArrowRight', 'Escape', 'F5', 'Home', 'End', 'Space']) await page.keyboard.press(key);
    expect(page.url()).toBe(address);
    await expect(page.locator('.reveal.overview, .reveal.paused, dialog[open]')).toHaveCount(0);
    await expect(page.getByText('Ctrl+Shift+E: in and out')).toBeVisible();
    await page.keyboard.press('PageDown');
    await expect(page).not.toHaveURL(address);
    await expect(page.locator('.xterm-helper-textarea')).not.toBeFocused();
    await page.keyboard.press('PageUp');
    await expect(page).toHaveURL(address);
    await page.keyboard.press('Control+Shift+E');
    await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
    await page.keyboard.press('PageUp');
    await expect(page).not.toHaveURL(address);
  });

  test('it types the commands of the slide one by one, by a key or from the presenter’s view, and shows which is next', async ({
    page,
    localPodium,
  }) => {
    await openTerminalSlide(page, localPodium.url);
    const hint = page.locator('.type-hint');
    await expect(hint).toBeHidden();
    await start(page);
    await expect(hint).toHaveText(/T\s*types\s*kubectl version/);
    await page.keyboard.press('Control+Shift+E');
    await page.locator('h2:visible').click();
    await page.keyboard.press('t');
    await expect.poll(() => screenOf(page)).toContain('kubectl version');
    await expect(hint).toContainText('kubectl run web --image=nginx');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const speaker = await openSpeaker(page);
    await expect(speaker.locator('[data-when-alone]').first()).toBeHidden();
    await speaker.getByRole('button', { name: 'Type command' }).click();
    await expect.poll(() => screenOf(page)).toContain('kubectl run web --image=nginx');
    await speaker.keyboard.press('t');
    await speaker.keyboard.press('t');
    await expect(hint).toBeHidden();
  });

  test('it finds the sandbox running when the slide comes, and nothing was started for a reader', async ({
    page,
    localPodium,
  }) => {
    await openDeck(page, localPodium.url + DECK);
    const index = await terminalSlide(page);
    const terminal = page.locator('podium-terminal');
    for (let slide = 0; slide < index - 2; slide += 1) await page.keyboard.press('PageDown');
    const started = () => page.evaluate(async (): Promise<unknown> => (await fetch('/api/sandboxes')).json());
    expect(await started()).toEqual([]);
    await openSpeaker(page);
    await expect(terminal).toHaveAttribute('data-phase', 'running');
    await connected(page);
    await expect(page.locator('section.present podium-terminal')).toHaveCount(0);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    await expect(page.locator('section.present .xterm-screen')).toBeVisible();
  });

  test('it shows no second terminal in the previews of the presenter’s view', async ({ page, localPodium }) => {
    await openTerminalSlide(page, localPodium.url);
    await start(page);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const speaker = await openSpeaker(page);
    const preview = speaker.frameLocator('.speaker-now iframe');
    await expect(preview.locator('section.present .terminal-still')).toBeVisible();
    await expect(preview.locator('podium-terminal .xterm')).toHaveCount(0);
  });
});
