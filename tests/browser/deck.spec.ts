import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './lab.ts';

const DECK = '/en/decks/welcome/';
const DECK_IN_FRENCH = '/fr/decks/welcome/';

async function openDeck(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.locator('.reveal.ready')).toBeVisible();
}

async function openTerminalSlide(page: Page, url: string): Promise<void> {
  await openDeck(page, url + DECK);
  const index = await page
    .locator('.slides > section')
    .evaluateAll((sections) => sections.findIndex((section) => section.querySelector('podium-terminal')));
  await page.goto(`${url}${DECK}#/${index}`);
  await expect(page.locator('podium-terminal')).toBeVisible();
}

test.describe('a presenter', () => {
  test('it moves by keys, and comes back to the slide after a reload', async ({ page, localPodium }) => {
    await openDeck(page, localPodium.url + DECK);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(page).toHaveURL(/#\/2$/);
    await page.reload();
    await expect(page.locator('section.present h2')).toBeVisible();
    await expect(page).toHaveURL(/#\/2$/);
  });

  test('it has nothing for axe to find on any slide', async ({ page, localPodium }) => {
    await openDeck(page, localPodium.url + DECK);
    const count = await page.locator('.slides section:not(.stack)').count();
    for (let slide = 0; slide < count; slide += 1) {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
      await page.keyboard.press('Space');
    }
  });

  for (const deck of [DECK, DECK_IN_FRENCH]) {
    test(`it writes nothing in ${deck} that the last row of a hall cannot read: 28 px of 1280 and more`, async ({
      page,
      localPodium,
    }) => {
      await page.goto(`${localPodium.url}${deck}?print-pdf`);
      await expect(page.locator('.pdf-page').last()).toBeVisible();
      const small = await page
        .locator(
          '.pdf-page section :is(p, li, td, th, code, pre, figcaption, small, blockquote, h1, h2, h3, text, tspan)',
        )
        .evaluateAll((elements) =>
          elements
            .filter((element) => !element.closest('podium-terminal, .notes'))
            .map((element) => {
              // The text of a picture is drawn at the scale of its picture.
              const scale = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.a ?? 0) : 1;
              return { text: element.textContent, size: scale * parseFloat(getComputedStyle(element).fontSize) };
            })
            .filter(({ size }) => size < 27.9),
        );
      expect(small).toEqual([]);
    });

    test(`it has room on every slide of ${deck} for what is on it`, async ({ page, localPodium }) => {
      await page.goto(`${localPodium.url}${deck}?print-pdf`);
      await expect(page.locator('.pdf-page').last()).toBeVisible();
      const crowded = await page.locator('.pdf-page').evaluateAll((pages) =>
        pages
          .filter((printed) => {
            const slide = printed.querySelector('section')!;
            const edge = slide.getBoundingClientRect().bottom - parseFloat(getComputedStyle(slide).paddingBlockEnd);
            return [...slide.querySelectorAll('*')].some((part) => part.getBoundingClientRect().bottom > edge);
          })
          .map((printed) => printed.querySelector('h1, h2')?.textContent),
      );
      expect(crowded).toEqual([]);
    });
  }

  test('it prints one page a slide', async ({ page, localPodium }) => {
    await openDeck(page, localPodium.url + DECK);
    const slides = await page.locator('.slides section:not(.stack)').count();
    await page.goto(`${localPodium.url}${DECK}?print-pdf`);
    await expect(page.locator('.pdf-page')).toHaveCount(slides);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(slides);
  });

  test('it prints dark ink on light paper, also from a dark screen', async ({ page, localPodium }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${localPodium.url}${DECK}?print-pdf`);
    await expect(page.locator('.pdf-page').last()).toBeAttached();
    const ground = await page
      .locator('.pdf-page')
      .first()
      .evaluate((paper) => getComputedStyle(paper).backgroundColor);
    expect(Number(/oklch\(([\d.]+)/.exec(ground)?.[1])).toBeGreaterThan(0.9);
  });

  test('it shows every slide on paper, with room around it, and all at once in the overview', async ({
    page,
    localPodium,
  }) => {
    await page.goto(`${localPodium.url}${DECK}?print-pdf`);
    const printed = page.locator('.pdf-page > section');
    await expect(page.locator('.pdf-page').last()).toBeAttached();
    const edge = await printed.nth(1).evaluate((slide) => parseFloat(getComputedStyle(slide).paddingInlineStart));
    expect(edge).toBeGreaterThanOrEqual(40);
    for (const media of ['screen', 'print'] as const) {
      await page.emulateMedia({ media });
      for (const slide of await printed.all()) await expect(slide.locator(':is(h1, h2)').first()).toBeVisible();
      await expect(printed.getByText('$ kubectl run web')).toBeVisible();
      await expect(printed.getByText('A live terminal on the screen')).toBeVisible();
      await expect(printed.locator('podium-terminal')).toBeHidden();
    }
    await page.emulateMedia({ media: 'screen' });
    await openDeck(page, localPodium.url + DECK);
    await expect(page.getByRole('heading', { level: 2 }).filter({ visible: true })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(page.locator('.reveal.overview')).toHaveCount(1);
    await expect(page.locator('.slides section.future h2').first()).toBeVisible();
  });

  test('it never moves while one types in the terminal of a slide, and does again once one has left it', async ({
    page,
    localPodium,
  }) => {
    await openTerminalSlide(page, localPodium.url);
    const address = page.url();
    await page.getByRole('button', { name: 'Start' }).click();
    const input = page.locator('.xterm-helper-textarea');
    await expect(input).toBeFocused();
    const [slide, foot] = [
      await page.locator('podium-terminal').boundingBox(),
      await page.locator('.terminal-foot').boundingBox(),
    ];
    expect((foot?.y ?? 0) + (foot?.height ?? 0)).toBeCloseTo((slide?.y ?? 0) + (slide?.height ?? 0), 0);
    await page.keyboard.type('echo from-a-slide n s f');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    expect(page.url()).toBe(address);
    await expect(page.locator('.reveal.overview')).toHaveCount(0);
    await page.keyboard.press('Control+Shift+E');
    await expect(input).not.toBeFocused();
    await page.locator('.deck-name').click();
    await page.keyboard.press('ArrowRight');
    await expect(page).not.toHaveURL(address);
  });
});

test.describe('a reader with a slow line', () => {
  for (const [path, kilobytes] of [
    ['/en/', 20],
    ['/en/docs/author/lab/', 20],
    ['/en/labs/first-steps/', 60],
    [DECK, 120],
  ] as const) {
    test(`it fetches less than ${kilobytes} KB of JavaScript for ${path}`, async ({ page, localPodium }) => {
      const sizes: Promise<number>[] = [];
      page.on('requestfinished', (request) => {
        if (request.resourceType() === 'script') sizes.push(request.sizes().then((size) => size.responseBodySize));
      });
      await page.goto(localPodium.url + path, { waitUntil: 'networkidle' });
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes / 1024).toBeLessThan(kilobytes);
    });
  }
});
