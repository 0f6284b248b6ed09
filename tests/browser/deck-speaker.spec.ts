import AxeBuilder from '@axe-core/playwright';
import { DECK, openDeck, openSpeaker } from './deck-page.ts';
import { expect, test } from './lab.ts';

test.describe('a presenter with the presenter’s view', () => {
  test('it shows notes, this slide and the next, and moves with the deck in both directions', async ({
    page,
    localPodium,
  }) => {
    await openDeck(page, localPodium.url + DECK);
    const speaker = await openSpeaker(page);
    await expect(speaker.locator('[data-position]')).toHaveText('Slide 1 of 9');
    const first = await speaker.locator('[data-notes-of]:visible').innerText();
    await page.keyboard.press('ArrowRight');
    await expect(speaker.locator('[data-position]')).toHaveText('Slide 2 of 9');
    expect(await speaker.locator('[data-notes-of]:visible').innerText()).not.toBe(first);
    await speaker.keyboard.press('PageDown');
    await expect(page).toHaveURL(/#\/2$/);
    const shownIn = (part: string) =>
      speaker.frameLocator(`.speaker-${part} iframe`).locator('section.present:not(.stack) h2');
    await expect(shownIn('now')).toHaveText('A lab is a page and a shell, side by side');
    await expect(shownIn('next')).toHaveText('A check asks the cluster, not your keyboard');
    await expect(speaker.locator('[data-next-title]')).toHaveText('A check asks the cluster, not your keyboard');
    await expect(speaker.locator('[data-when-alone]').first()).toBeHidden();
  });

  test('it blanks the deck and says so, and still shows the slide to who presents', async ({ page, localPodium }) => {
    await openDeck(page, localPodium.url + DECK);
    const speaker = await openSpeaker(page);
    await expect(speaker.locator('[data-when-alone]').first()).toBeHidden();
    await speaker.keyboard.press('b');
    await expect(page.locator('.reveal.paused')).toHaveCount(1);
    await expect(speaker.getByText('The screen is blank.')).toBeVisible();
    await expect(speaker.frameLocator('.speaker-now iframe').locator('.reveal.paused')).toHaveCount(0);
    await speaker.keyboard.press('ArrowRight');
    await expect(page.locator('.reveal.paused')).toHaveCount(0);
    await expect(page).toHaveURL(/#\/1$/);
  });

  test('it points on the audience’s slide at the same place', async ({ page, localPodium }) => {
    await openDeck(page, localPodium.url + DECK);
    const speaker = await openSpeaker(page);
    await expect(speaker.locator('[data-when-alone]').first()).toBeHidden();
    await speaker.getByRole('button', { name: 'Pointer' }).click();
    const surface = await speaker.locator('[data-pointer-surface]').boundingBox();
    await speaker.mouse.move(surface!.x + surface!.width * 0.25, surface!.y + surface!.height * 0.75);
    const [slides, dot] = [page.locator('.slides'), page.locator('.laser')];
    await expect(dot).toBeVisible();
    const box = (await slides.boundingBox())!;
    await expect
      .poll(async () => {
        const at = (await dot.boundingBox())!;
        return [at.x + at.width / 2 - box.x, at.y + at.height / 2 - box.y].map((place, side) =>
          Math.round((place / (side === 0 ? box.width : box.height)) * 100),
        );
      })
      .toEqual([25, 75]);
    await speaker.getByRole('button', { name: 'Pointer' }).click();
    await expect(dot).toBeHidden();
  });

  test('it says in words how the talk stands against its plan', async ({ page, localPodium }) => {
    await page.clock.install({ time: new Date('2026-11-24T10:00:00') });
    await page.goto(`${localPodium.url}${DECK}speaker/`);
    const pace = page.locator('[data-pace]');
    await expect(pace).toContainText('On time');
    await page.clock.fastForward('03:00');
    const clock = page.locator('[data-clock]');
    await expect(clock).toHaveText(/^3:[012]/);
    await expect(pace).toContainText('2 minutes behind');
    await page.keyboard.press('c');
    const stopped = await clock.innerText();
    await page.clock.fastForward('10:00');
    await expect(clock).toHaveText(stopped);
    await page.reload();
    await expect(clock).toHaveText(stopped);
    await page.getByRole('button', { name: 'Set back' }).click();
    await expect(clock).toHaveText('0:00');
    await expect(pace).toContainText('On time');
  });

  test('it is a page of its own where no deck is open, and opens the deck at the same slide', async ({
    page,
    localPodium,
  }) => {
    await page.goto(`${localPodium.url}${DECK}speaker/`);
    await expect(page.frameLocator('.speaker-next iframe').locator('.reveal.ready')).toBeAttached();
    await expect(page.getByText('No window shows this deck.')).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(page.locator('[data-position]')).toHaveText('Slide 3 of 9');
    await expect(page.frameLocator('.speaker-next iframe').locator('section.present:not(.stack) h2')).toHaveText(
      'A check asks the cluster, not your keyboard',
    );
    const [deck] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('button', { name: 'Open the deck' }).click(),
    ]);
    await expect(deck).toHaveURL(/#\/2/);
    await expect(page.getByText('No window shows this deck.')).toBeHidden();
    await deck.close({ runBeforeUnload: true });
    await expect(page.getByText('No window shows this deck.')).toBeVisible();
    await page.keyboard.press('ArrowLeft');
    await expect(page.locator('[data-position]')).toHaveText('Slide 2 of 9');
  });

  test('it goes to a slide without the audience seeing the search', async ({ page, localPodium }) => {
    await openDeck(page, localPodium.url + DECK);
    const speaker = await openSpeaker(page);
    await expect(speaker.locator('[data-when-alone]').first()).toBeHidden();
    await speaker.keyboard.press('g');
    await speaker.getByRole('textbox').fill('9');
    await speaker.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/8$/);
    await expect(page.locator('dialog[open]')).toHaveCount(0);
    await expect(speaker.locator('[data-next-title]')).toHaveText('This is the last slide.');
  });

  for (const [width, height] of [
    [1440, 900],
    [1100, 720],
    [390, 844],
    [320, 256],
  ] as const) {
    test(`it has all in reach at ${width} by ${height}, and nothing for axe to find`, async ({ page, localPodium }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`${localPodium.url}${DECK}speaker/`);
      await expect(page.locator('[data-pace-words]')).not.toBeEmpty();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.getByRole('button', { name: 'Next', exact: true }).click();
      await expect(page.locator('[data-position]')).toHaveText('Slide 2 of 9');
      await page.locator('[data-notes-of]:visible').scrollIntoViewIfNeeded();
      const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
    });
  }
});
