import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { listen } from './announcements.ts';
import { expect, LabPage, test } from './lab.ts';

/** Rules of WCAG 2.2 AA and axe's own best practice; names what it found, so that a failure can be read. */
async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found).toEqual([]);
}

const variants = [
  { colorScheme: 'light', language: 'en' },
  { colorScheme: 'dark', language: 'fr' },
] as const;
for (const { colorScheme, language } of variants) {
  test(`it has nothing for axe to find in any state (${colorScheme}, ${language})`, async ({ page, localPodium }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const lab = new LabPage(page, language);
    await lab.open(localPodium.url);
    await expect(lab.button('start')).toBeVisible();
    await expectAccessible(page);
    await lab.start();
    await expectAccessible(page);
    await lab.button('check').click();
    await expect(lab.check).toHaveAttribute('data-state', 'missing');
    await expectAccessible(page);
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type('touch ~/server-version; echo touch-$?');
    await lab.sees('touch-0');
    await lab.check.getByRole('button').click();
    await expect(lab.check).toHaveAttribute('data-state', 'done');
    await expectAccessible(page);
    await lab.button('stop').click();
    await expect(lab.button('stopYes')).toBeVisible();
    await expectAccessible(page);
    await lab.button('stopYes').click();
    await expect(lab.terminal).toHaveAttribute('data-phase', 'idle');
    await expectAccessible(page);
  });
}

test('it says each change once', async ({ page, localPodium }) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await expect(lab.button('start')).toBeVisible();
  const heard = await listen(page);
  await lab.start();
  await lab.button('check').click();
  await expect(lab.check).toHaveAttribute('data-state', 'missing');
  await lab.stop();
  await expect(lab.announcer).toContainText('Your sandbox is deleted');
  const said = await heard();
  expect(said.filter((line) => line.includes('The terminal is ready.'))).toHaveLength(1);
  expect(said.filter((line) => line.startsWith('Not yet.'))).toHaveLength(1);
  expect(said.filter((line) => line.startsWith('Your sandbox is deleted'))).toHaveLength(1);
});

test('it reads out what the shell prints in screen reader mode, and remembers the mode', async ({
  page,
  localPodium,
}) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await lab.start();
  const mode = page.getByRole('button', { name: 'Screen reader' });
  await page.getByRole('button', { name: 'Settings' }).click();
  await expectAccessible(page);
  await mode.click();
  await expect(mode).toHaveAttribute('aria-pressed', 'true');
  await expect(lab.announcer).toContainText('Screen reader mode is on.');
  await lab.terminal.locator('.xterm-helper-textarea').focus();
  await lab.type('echo spoken-$((20 + 3))');
  await expect(lab.terminal.locator('.xterm-accessibility-tree')).toContainText('spoken-23');
  await expect(
    lab.terminal.getByRole('textbox', { name: /Tab goes to the shell\. Ctrl\+Shift\+E leaves/ }),
  ).toHaveCount(1);
  await expectAccessible(page);
  await page.reload();
  await lab.connected();
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(mode).toHaveAttribute('aria-pressed', 'true');
  await expect(lab.terminal.locator('.xterm-accessibility')).toHaveCount(1);
});

test('it can be read and worked in at 400 % zoom', async ({ page, localPodium }) => {
  /* 1280 × 1024 at 400 %, as WCAG 2.2 1.4.10 reckons it. */
  await page.setViewportSize({ width: 320, height: 256 });
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  const overflow = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(overflow).toBe(0);
  await page.getByRole('button', { name: 'Terminal', exact: true }).click();
  await lab.start();
  await lab.terminal.locator('.xterm-helper-textarea').focus();
  await lab.type('echo small-$((1 + 1))');
  await lab.sees('small-2');
  await expect.poll(overflow).toBe(0);
  await expectAccessible(page);
});

test('it works in forced colours', async ({ page, localPodium }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await lab.start();
  await lab.type('echo forced-$((3 + 4))');
  await lab.sees('forced-7');
  await expectAccessible(page);
  const adjusts = (selector: string): Promise<string> =>
    page.locator(selector).evaluate((part) => getComputedStyle(part).forcedColorAdjust);
  expect(await adjusts('.terminal-screen')).toBe('none');
  expect(await adjusts('.tab-strip')).toBe('auto');
});

test('it shows text on a swapped ground as clearly as any other', async ({ page, localPodium }) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await lab.start();
  await lab.type("printf '\\e[7mswapped-%d\\e[0m\\n' 1");
  const swapped = page.locator('.xterm-rows span', { hasText: 'swapped-1' });
  await expect(swapped).toBeVisible();
  const ground = await page.locator('.terminal-screen').evaluate((part) => getComputedStyle(part).backgroundColor);
  expect(await swapped.evaluate((part) => getComputedStyle(part).color)).toBe(ground);
});

test('it has nothing for axe to find in tabs, search, dialogs, and over a terminal that another types in', async ({
  page,
  context,
  localPodium,
}) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await lab.start();
  await page.getByRole('button', { name: 'New terminal' }).click();
  await page.getByRole('button', { name: 'Split' }).click();
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('$');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Go on in another browser' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  const second = new LabPage(await context.newPage());
  await second.open(localPodium.url);
  await second.connected();
  await expect(second.page.getByRole('button', { name: 'Take over' })).toBeVisible();
  await expectAccessible(second.page);
  await second.page.getByRole('button', { name: 'Take over' }).click();
  await second.type('exit 1');
  await expect(second.terminal).toContainText('The shell has ended with status 1.');
  await expectAccessible(second.page);
  await second.page.close();
});
