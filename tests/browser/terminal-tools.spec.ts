/** The terminal that people expect around a shell: paste, search, sizes, files, hand-over. */
import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from '@playwright/test';
import { expect, LabPage, test } from './lab.ts';

const settings = (page: Page): Locator => page.getByRole('button', { name: 'Settings' });

async function download(page: Page, press: () => Promise<void>): Promise<{ name: string; content: string }> {
  const [saved]: [Download, void] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: saved.suggestedFilename(), content: await readFile(await saved.path(), 'utf8') };
}

test.describe('the terminal', () => {
  test('it warns before several lines are pasted that would run at once', async ({ page, context, localPodium }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const paste = async (text: string): Promise<void> => {
      await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
      await page.keyboard.press('Control+Shift+V');
    };
    await lab.type('clear; bind "set enable-bracketed-paste off"; echo bound-$?');
    await lab.sees('bound-0');
    await paste('echo one-$((1))\necho two-$((2))\n');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Paste 2 lines?');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Escape');
    await paste('echo three-$((3))\necho four-$((4))\n');
    await dialog.getByRole('button', { name: 'Paste' }).click();
    await lab.sees(/three-3.*four-4/);
    expect(await lab.screen()).not.toContain('one-1');
    await paste('plain');
    await lab.sees('plain');
    await expect(dialog).toHaveCount(0);
  });

  test('it lets a program copy shortly after a key, and never read', async ({ page, context, localPodium }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await lab.type(String.raw`printf '\033]52;c;%s\007' $(printf from-a-program | base64)`);
    await expect.poll(clipboard).toBe('from-a-program');
    await expect(lab.announcer).toContainText('A program in the terminal has copied text');
    // What the terminal is (DA1) is asked after it: an answer to the first question would come before that answer.
    await lab.type(
      String.raw`clear; stty -echo; printf '\033]52;c;?\007\033[c'; read -rd c answer; stty echo; printf 'answer=%q\n' "$answer"`,
    );
    await lab.sees(/answer=\$'\\E\[\?[0-9;]+' /);
  });

  test('it finds what was printed', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; seq 1000 1400; echo done-$?');
    await lab.sees('done-0');
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('1042');
    const bar = lab.terminal.locator('.terminal-search');
    await expect(bar).toContainText('1 of 1');
    await lab.sees('1042');
    await page.keyboard.type('x');
    await expect(bar).toContainText('Not found');
    await page.keyboard.press('Escape');
    await expect(bar).toBeHidden();
    expect(await lab.hasTerminalFocus).toBe(true);
  });

  test('it has larger text by key and by button, projector colours, and remembers both', async ({
    page,
    localPodium,
  }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const columns = async (): Promise<number> => {
      await lab.terminal.locator('.xterm-helper-textarea').focus();
      await lab.type('clear; echo columns=$(tput cols)=');
      await lab.sees(/columns=\d+=/);
      return Number(/columns=(\d+)=/.exec(await lab.screen())?.[1]);
    };
    const before = await columns();
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('Control+Shift+Period');
    await expect.poll(columns).toBeLessThan(before - 10);
    await settings(page).click();
    await expect(lab.terminal).toContainText('18 px');
    await page.getByRole('button', { name: 'Larger', exact: true }).click();
    await page.getByRole('button', { name: 'Projector' }).click();
    await page.keyboard.press('Escape');
    await expect(settings(page)).toBeFocused();
    await page.reload();
    await lab.connected();
    const ground = lab.terminal.locator('.terminal-screen');
    await expect(ground).toHaveCSS('background-color', 'oklch(1 0 0)');
    await settings(page).click();
    await expect(lab.terminal).toContainText('19 px');
  });

  test('it gives what it has shown as text and as a recording', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; seq 1 300; echo last-$((6 * 7))');
    await lab.sees('last-42');
    await settings(page).click();
    const text = await download(page, () => page.getByRole('button', { name: 'Save as text' }).click());
    expect(text.name).toMatch(/^terminal-1-[\d-]+\.txt$/);
    expect(text.content).toContain('\n17\n18\n19\n');
    expect(text.content).toContain('\nlast-42\n');
    await settings(page).click();
    const recording = await download(page, () => page.getByRole('button', { name: /asciicast/ }).click());
    expect(recording.name).toMatch(/\.cast$/);
    const [header, ...events] = recording.content
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(header).toMatchObject({ version: 2 });
    expect(JSON.stringify(events)).toContain('last-42');
  });

  test('it hands the work over to another browser', async ({ page, browser, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; echo handed-$((2 + 3))');
    await lab.sees('handed-5');
    await settings(page).click();
    await page.getByRole('button', { name: 'Go on in another browser' }).click();
    await expect(page.getByRole('img', { name: 'The link as a QR code' })).toBeVisible();
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
    const other = new LabPage(await (await browser.newContext()).newPage());
    await other.page.goto(link);
    await expect(other.page.getByRole('dialog')).toContainText('Go on here with the work of the other browser?');
    await other.page.getByRole('button', { name: 'Go on here' }).click();
    await other.connected();
    await other.sees('handed-5');
    expect(new URL(other.page.url()).search).toBe('');
    await other.page.context().close();
  });

  test('it weighs less than 400 KB with the lab’s page and its fonts', async ({ page, localPodium }) => {
    const client = await page.context().newCDPSession(page);
    await client.send('Network.enable');
    let bytes = 0;
    client.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('echo loaded-$((1 + 1))');
    await lab.sees('loaded-2');
    expect(bytes).toBeGreaterThan(100 * 1024);
    expect(bytes).toBeLessThan(400 * 1024);
    test.info().annotations.push({ type: 'bytes', description: String(bytes) });
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('it fits, with its settings and tabs', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await page.getByRole('button', { name: 'Terminal', exact: true }).click();
    await lab.start();
    const overflow = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'New terminal' }).tap();
    await expect(lab.terminal.locator('.tab')).toHaveCount(2);
    await settings(page).tap();
    const menu = page.locator('.settings-menu');
    const box = await menu.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
});
