import { expect, LabPage, test } from './lab.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test.describe('a lab on a phone', () => {
  test('it shows the text first and the terminal as a sheet with a row of keys', async ({ page, localPodium }) => {
    const lab = new LabPage(page, 'fr');
    await lab.open(localPodium.url);
    await expect(lab.terminal).toBeHidden();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Terminal', exact: true }).click();
    await expect(lab.terminal).toBeVisible();
    await lab.start();
    await page.keyboard.type('sleep 1000');
    await page.keyboard.press('Enter');
    const keys = page.getByRole('group', { name: 'Touches' });
    await keys.getByRole('button', { name: 'Ctrl' }).tap();
    await expect(keys.getByRole('button', { name: 'Ctrl' })).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.type('c');
    await lab.sees('^C');
    await expect(keys.getByRole('button', { name: 'Ctrl' })).toHaveAttribute('aria-pressed', 'false');
    await lab.type('echo first-$((2 * 3))');
    await lab.sees('first-6');
    await page.keyboard.type('clear');
    await page.keyboard.press('Enter');
    await expect.poll(() => lab.screen()).not.toContain('first-6');
    await keys.getByRole('button', { name: 'Flèche haut' }).tap();
    await keys.getByRole('button', { name: 'Flèche haut' }).tap();
    await page.keyboard.press('Enter');
    await lab.sees('first-6');
    await page.getByRole('button', { name: 'Retour au texte' }).tap();
    await expect(lab.terminal).toBeHidden();
    await expect(lab.step).toContainText('Étape 1 sur 7');
  });

  test('it opens the sheet for a command that is run from the text', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await page.getByRole('button', { name: 'Terminal', exact: true }).click();
    await lab.start();
    await page.getByRole('button', { name: 'Back to the text' }).tap();
    await lab.run(1).tap();
    await expect(lab.terminal).toBeVisible();
    await lab.sees(/kubectl version/);
  });
});
