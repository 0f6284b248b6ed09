import AxeBuilder from '@axe-core/playwright';
import { DECK, openDeck } from './deck-page.ts';
import { expect, test } from './lab.ts';

test.describe('a presenter at the keys of a deck', () => {
  test.beforeEach(({ page, localPodium }) => openDeck(page, localPodium.url + DECK));

  test('it lists all keys in a dialog, by key and by button, and gives the focus back', async ({ page }) => {
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await page.keyboard.press('?');
    await expect(dialog).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(page).not.toHaveURL(/#\/1/);
    await page.getByRole('button', { name: 'Keys', exact: true }).click();
    await expect(dialog).toBeVisible();
    await dialog.getByRole('button', { name: 'All slides' }).click();
    await expect(page.locator('.reveal.overview')).toHaveCount(1);
  });

  test('it can switch single-letter keys off, and keeps that', async ({ page }) => {
    await page.keyboard.press('F1');
    await page.getByRole('checkbox', { name: /single letter/ }).uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    await expect(page.locator('.reveal.ready')).toBeVisible();
    for (const key of ['b', 'n', 'o', '?', '.', 'l']) await page.keyboard.press(key);
    await expect(page.locator('.reveal.paused, .reveal.overview, dialog[open]')).toHaveCount(0);
    await expect(page).not.toHaveURL(/#\/1/);
    await page.keyboard.press('PageDown');
    await expect(page).toHaveURL(/#\/1$/);
    await page.keyboard.press('F1');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  });

  test('it blanks the screen and lights it again', async ({ page }) => {
    for (const key of ['b', '.']) {
      await page.keyboard.press(key);
      await expect(page.locator('.reveal.paused')).toHaveCount(1);
      await page.keyboard.press(key);
      await expect(page.locator('.reveal.paused')).toHaveCount(0);
    }
  });

  test('it goes to a slide by number, title and words, and says how many there are', async ({ page }) => {
    const dialog = page.getByRole('dialog', { name: 'Go to a slide' });
    for (const [query, hash] of [
      ['3', /#\/2$/],
      ['next: your first', /#\/8$/],
      ['katacoda', /#\/1$/],
    ] as const) {
      await page.keyboard.press('g');
      await dialog.getByRole('textbox').fill(query);
      await page.keyboard.press('Enter');
      await expect(dialog).toBeHidden();
      await expect(page).toHaveURL(hash);
    }
    await page.keyboard.press('/');
    await dialog.getByRole('textbox').fill('no such words');
    await expect(dialog.getByRole('status')).toHaveText('No slide has that.');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeVisible();
  });

  test('it starts the show by a clicker: F5 fills the screen, Page Down goes on', async ({ page }) => {
    await page.keyboard.press('F5');
    await expect.poll(() => page.evaluate(() => document.fullscreenElement?.className)).toContain('reveal-viewport');
    await expect(page.locator('.deck-bar')).toBeHidden();
    await page.keyboard.press('PageDown');
    await expect(page).toHaveURL(/#\/1$/);
    await page.keyboard.press('PageUp');
    await expect(page).not.toHaveURL(/#\/1$/);
  });

  test('it shows a pointer while its key is held', async ({ page }) => {
    await page.mouse.move(300, 200);
    await page.keyboard.down('q');
    const dot = page.locator('.laser');
    await expect(dot).toBeVisible();
    await page.mouse.move(500, 300);
    const box = await dot.boundingBox();
    expect(Math.abs((box?.x ?? 0) + (box?.width ?? 0) / 2 - 500)).toBeLessThan(2);
    expect(Math.abs((box?.y ?? 0) + (box?.height ?? 0) / 2 - 300)).toBeLessThan(2);
    await page.keyboard.up('q');
    await expect(dot).toBeHidden();
  });

  test('it lets nothing of a slide that is not shown take the focus', async ({ page }) => {
    const shown = page.locator('.slides section:not(.stack):not([inert])');
    await expect(shown).toHaveCount(1);
    await page.keyboard.press('ArrowRight');
    await expect(shown).toHaveCount(1);
    await expect(shown).toContainText('A borrowed cluster goes away');
    await page.keyboard.press('o');
    await expect(page.locator('.slides section[inert]')).toHaveCount(0);
    await page.locator('.slides section').nth(2).click();
    await expect(page).toHaveURL(/#\/2$/);
    await expect(shown).toHaveCount(1);
  });

  test('it moves nothing for a presenter who asked for less motion', async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('body, body *')]
        .filter((each) => parseFloat(getComputedStyle(each).transitionDuration) > 0.01)
        .map((each) => each.className.toString()),
    );
    expect(moving).toEqual([]);
  });
});
