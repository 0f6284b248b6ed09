import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { openDeck } from './deck-page.ts';
import { expect, test } from './lab.ts';

const SIZES = [
  [1920, 1080],
  [1024, 768],
  [390, 844],
] as const;
/** Fractions of a pixel are rounding. */
const TOLERANCE_PX = 1.5;

/** What of the present slide lies outside of it or of the window, or is cut off inside. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate((tolerance) => {
    const slide = document.querySelector('section.present:not(.stack)');
    if (slide === null) return ['no slide'];
    const room = slide.getBoundingClientRect();
    const isOutside = ({ left, right, top, bottom }: DOMRect): boolean =>
      left < room.left - tolerance ||
      right > room.right + tolerance ||
      top < room.top - tolerance ||
      bottom > room.bottom + tolerance ||
      right > innerWidth + tolerance ||
      bottom > innerHeight + tolerance;
    return [...slide.querySelectorAll<HTMLElement>('*')]
      .filter((part) => part.checkVisibility({ visibilityProperty: true }) && !part.matches('defs, defs *, br'))
      .filter((part) => {
        const box = part.getBoundingClientRect();
        const isCut = part.matches('pre, p, ul, ol, table') && part.scrollWidth > part.clientWidth + tolerance;
        return box.width > 0 && box.height > 0 && (isOutside(box) || isCut);
      })
      .map((part) => part.outerHTML.slice(0, 80));
  }, TOLERANCE_PX);
}

async function decksOf(page: Page, url: string): Promise<string[]> {
  await page.goto(url);
  const links = page.locator('a.listing-link');
  return links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).pathname));
}

test.describe('everyone in the room', () => {
  for (const language of ['en', 'fr']) {
    for (const [width, height] of SIZES) {
      test(`sees all of each slide of each deck in ${language} at ${width} by ${height}, and axe finds nothing`, async ({
        page,
        localPodium,
      }) => {
        test.setTimeout(300_000);
        await page.setViewportSize({ width, height });
        const decks = await decksOf(page, `${localPodium.url}/${language}/decks/`);
        expect(decks.length).toBeGreaterThan(0);
        const faults: string[] = [];
        for (const deck of decks) {
          await openDeck(page, localPodium.url + deck);
          await page.evaluate(() => document.fonts.ready.then(() => undefined));
          const count = await page.locator('.slides section:not(.stack)').count();
          for (let slide = 1; slide <= count; slide += 1) {
            const { violations } = await new AxeBuilder({ page }).include('section.present').analyze();
            const found = [...violations.map(({ id }) => id), ...(await overflowing(page))];
            faults.push(...found.map((fault) => `${deck} ${slide}: ${fault}`));
            await page.keyboard.press('Alt+PageDown');
          }
        }
        expect(faults).toEqual([]);
      });
    }
  }
});
