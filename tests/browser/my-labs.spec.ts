import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './lab.ts';

for (const [language, colorScheme, width] of [
  ['en', 'light', 1440],
  ['fr', 'dark', 390],
] as const) {
  test(`it shows and deletes what is kept, by keyboard (${language}, ${width} px)`, async ({ page, localPodium }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    const origin = new URL(localPodium.url).origin;
    await page.goto(`${origin}/${language}/labs/first-steps/#step-1`);
    await page.waitForFunction(() => document.querySelectorAll('.step-dot').length > 2);
    await page.request.put(`${origin}/api/labs/first-steps/place`, { data: { step: 3 }, headers: { origin } });
    await page.goto(`${origin}/${language}/my/`);
    const goOn = page.locator('[data-my="going-on"] a').first();
    await expect(goOn).toHaveText(language === 'en' ? 'Continue at step 3' : 'Continuer à l’étape 3');
    await expect(page.locator('[data-count="places"]')).toHaveText('1');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    // Enter keeps all of it; only who says so twice loses it.
    await page.locator('[data-my="delete"]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect(page.locator('[data-count="places"]')).toHaveText('1');
    for (const dialog of ['first', 'second']) {
      if (dialog === 'first') await page.locator('[data-my="delete"]').press('Enter');
      await expect(page.locator(`[data-my="${dialog}"]`)).toBeVisible();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    }
    await expect(page.locator('[data-count="places"]')).toHaveText('0');
    await expect(page.locator('.my-news')).toBeFocused();
  });
}

test('it goes on at the step of another device, and not where an address names one', async ({ page, localPodium }) => {
  const origin = new URL(localPodium.url).origin;
  await page.goto(`${origin}/en/my/`);
  await page.request.put(`${origin}/api/labs/first-steps/place`, { data: { step: 3 }, headers: { origin } });
  await page.goto(`${origin}/en/labs/first-steps/`);
  await expect(page.locator('.step-dot').nth(2)).toHaveAttribute('aria-current', 'step');
  await page.evaluate(() => localStorage.clear());
  await page.goto(`${origin}/en/my/`);
  await page.goto(`${origin}/en/labs/first-steps/#step-2`);
  await expect(page.locator('.step-dot').nth(1)).toHaveAttribute('aria-current', 'step');
});

test('it shows the settings of terminals, and a terminal takes them', async ({ page, localPodium }) => {
  const origin = new URL(localPodium.url).origin;
  await page.goto(`${origin}/en/my/`);
  await page.locator('#my-font').fill('20');
  await page.locator('#my-colours').selectOption('projector');
  await page.reload();
  await expect(page.locator('#my-font')).toHaveValue('20');
  await expect(page.locator('#my-colours')).toHaveValue('projector');
});
