/** Links that programs print: where they lead is said before it matters. */
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { expect, LabPage, test } from './lab.ts';

/** Answers for the whole web, so that nothing leaves the machine. */
async function playTheWeb(context: BrowserContext, url: string): Promise<void> {
  await context.route(
    (address) => !address.href.startsWith(url),
    (route) => route.fulfill({ contentType: 'text/html', body: '<title>elsewhere</title>' }),
  );
}

/** A printed line that says only this. */
const line = (lab: LabPage, shown: string): Locator =>
  lab.terminal.locator('.xterm-rows > div').filter({ hasText: new RegExp(`^${shown}$`) });

/** Has the shell print a link whose text is not its address (OSC 8). */
async function printLink(lab: LabPage, address: string, shown: string): Promise<void> {
  await lab.type(String.raw`clear; printf '\n\n\033]8;;%s\033\\%s\033]8;;\033\\\n' "${address}" "${shown}"`);
}

/** Moves the mouse from elsewhere to the beginning of a printed line. */
async function point(lab: LabPage, shown: string): Promise<{ x: number; y: number }> {
  await expect(line(lab, shown)).toBeVisible();
  const box = await line(lab, shown).boundingBox();
  if (box === null) throw new Error(`The line that says ${shown} is gone again.`);
  const at = { x: box.x + 30, y: box.y + box.height / 2 };
  await lab.page.mouse.move(at.x, at.y + 8 * box.height);
  await lab.page.mouse.move(at.x, at.y);
  return at;
}

/** Clicks on a printed link, once the terminal has seen that there is one under the mouse. */
async function click(lab: LabPage, shown: string): Promise<void> {
  const { x, y } = await point(lab, shown);
  await expect(lab.terminal.locator('.xterm-cursor-pointer')).toBeAttached();
  await lab.page.mouse.click(x, y);
}

async function opened(context: BrowserContext, act: () => Promise<void>): Promise<Page> {
  const [made]: [Page, void] = await Promise.all([context.waitForEvent('page'), act()]);
  return made;
}

test.describe('a link in the terminal', () => {
  test('it opens by a click in a tab that cannot tell where it came from', async ({ page, context, localPodium }) => {
    await playTheWeb(context, localPodium.url);
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; echo https://docs.example.org/page');
    const tab = await opened(context, () => click(lab, 'https://docs.example.org/page'));
    await expect(tab).toHaveURL('https://docs.example.org/page');
    await expect(tab).toHaveTitle('elsewhere');
    expect(await tab.evaluate(() => ({ hasOpener: opener !== null, referrer: document.referrer }))).toEqual({
      hasOpener: false,
      referrer: '',
    });
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  test('it asks when its text is not its address, says the address, and leads nowhere but to the web', async ({
    page,
    context,
    localPodium,
  }) => {
    await playTheWeb(context, localPodium.url);
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await printLink(lab, 'javascript:document.title=1', 'no-link');
    const { x, y } = await point(lab, 'no-link');
    await page.mouse.click(x, y);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await printLink(lab, 'https://docs.example.org@example.net/take', 'https://docs.example.org/');
    const dialog = page.getByRole('dialog', { name: 'Open this link in a new tab?' });
    await click(lab, 'https://docs.example.org/');
    await expect(dialog).toHaveAccessibleDescription(/^Its text may say something else\./);
    await expect(dialog).toHaveAccessibleDescription(/leads: https:\/\/docs\.example\.org@example\.net\/take$/);
    await expect(dialog.locator('strong')).toHaveText('example.net');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect.poll(() => lab.hasTerminalFocus).toBe(true);
    await lab.type('echo still-$((1 + 1))');
    await lab.sees('still-2');
    expect(context.pages()).toHaveLength(1);
    await click(lab, 'https://docs.example.org/');
    const tab = await opened(context, () => dialog.getByRole('button', { name: 'Open' }).click());
    await expect(tab).toHaveURL(/^https:\/\/(docs\.example\.org@)?example\.net\/take$/);
  });

  test('it is asked about with both answers in sight, however long it is', async ({ page, context, localPodium }) => {
    await playTheWeb(context, localPodium.url);
    await page.setViewportSize({ width: 390, height: 844 });
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await page.getByRole('button', { name: 'Terminal', exact: true }).click();
    await lab.start();
    await printLink(lab, 'https://example.net/$(seq -s a 1 500)', 'https://docs.example.org/');
    await click(lab, 'https://docs.example.org/');
    const dialog = page.getByRole('dialog');
    await expect(dialog.locator('strong')).toBeInViewport({ ratio: 1 });
    for (const name of ['Cancel', 'Open']) {
      await expect(dialog.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
    }
    expect(await dialog.evaluate((shown) => shown.scrollHeight - shown.clientHeight)).toBe(0);
  });

  test('it is asked about where another types', async ({ page, context, localPodium }) => {
    await playTheWeb(context, localPodium.url);
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const watcher = new LabPage(await context.newPage());
    await watcher.open(localPodium.url);
    await watcher.connected();
    await lab.type('clear; echo https://docs.example.org/page');
    await click(watcher, 'https://docs.example.org/page');
    const dialog = watcher.page.getByRole('dialog');
    await expect(dialog).toContainText('Another browser types in this terminal.');
    await expect(dialog).toHaveAccessibleDescription(/leads: https:\/\/docs\.example\.org\/page$/);
  });
});
