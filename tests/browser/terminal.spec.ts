/** A shell in the page that outlives what happens to the page, and the terminal that people expect around it. */
import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from '@playwright/test';
import { expect, LabPage, test } from './lab.ts';

const notice = (lab: LabPage): Locator => lab.terminal.locator('.terminal-notice').filter({ visible: true });
const settings = (page: Page): Locator => page.getByRole('button', { name: 'Settings' });

async function download(page: Page, press: () => Promise<void>): Promise<{ name: string; content: string }> {
  const [saved]: [Download, void] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: saved.suggestedFilename(), content: await readFile(await saved.path(), 'utf8') };
}

test.describe('a shell', () => {
  test('it is the same after a reload in the middle of vim, to the last character', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('echo before-vim; vim -u NONE -c "set number" ~/poem');
    await lab.sees('"~/poem" [New');
    await page.keyboard.type('ifirst line\nsecond line');
    await lab.sees('2 second line');
    const before = await lab.screen();
    await page.reload();
    await lab.connected();
    await expect.poll(() => lab.screen()).toBe(before);
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await page.keyboard.type(' goes on');
    await lab.sees('2 second line goes on');
    await page.keyboard.press('Escape');
    await page.keyboard.type(':q!\n');
    await lab.sees('before-vim');
  });

  test('it gets what is typed while the network is away, once, and shows what it printed meanwhile', async ({
    page,
    context,
    localPodium,
  }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; (sleep 4; echo printed-mean$((1))while) & true');
    await lab.sees('[1]');
    await context.setOffline(true);
    await expect(lab.terminal).toHaveAttribute('data-connection', /waiting|connecting/);
    await expect(notice(lab)).toContainText('The connection to your shell is lost');
    await lab.type('echo typed-$((20 + 2))');
    await context.setOffline(false);
    await lab.connected();
    await expect(notice(lab)).toHaveCount(0);
    await lab.sees('typed-22');
    await lab.sees('printed-mean1while');
    expect((await lab.screen()).match(/^typed-22$/gm)).toHaveLength(1);
  });

  test('it is watched in a second tab, which takes over and says so once', async ({ page, context, localPodium }) => {
    const first = new LabPage(page);
    await first.open(localPodium.url);
    await first.start();
    await first.type('clear; echo shared-$((3 * 3))');
    await first.sees('shared-9');
    const second = new LabPage(await context.newPage());
    await second.page.setViewportSize({ width: 1000, height: 600 });
    await second.open(localPodium.url);
    await second.connected();
    await second.sees('shared-9');
    const line = (lab: LabPage): Locator => lab.terminal.locator('.viewer-line');
    await expect(line(second)).toContainText(/Chrome on Linux has been typing since .+\. You are watching\./);
    await second.terminal.locator('.xterm-helper-textarea').focus();
    await second.page.keyboard.type('never typed');
    await second.page.getByRole('button', { name: 'Take over' }).click();
    await expect(line(second)).toBeHidden();
    await expect(line(first)).toContainText(/Chrome on Linux took over at/);
    await second.type('echo second-$((2 * 2))');
    await second.sees('second-4');
    await first.sees('second-4');
    expect(await first.screen()).not.toContain('never typed');
    await expect.poll(async () => (await first.screen()) === (await second.screen())).toBe(true);
    await second.page.close();
    await expect(line(first)).toBeHidden();
    await first.terminal.locator('.xterm-helper-textarea').focus();
    await first.type('echo mine-again-$?');
    await first.sees('mine-again-0');
  });

  test('it is asked once by a program, however many watch and reload', async ({ page, context, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const watcher = new LabPage(await context.newPage());
    await watcher.open(localPodium.url);
    await watcher.connected();
    await lab.page.bringToFront();
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    /* Asks for attributes, status, modes and colours, and counts the answers that come within a second. */
    const ask = String.raw`printf '\033[c\033[>c\033[5n\033[?25$p\033]11;?\033\\'; timeout 1 cat -v > ~/answers`;
    await lab.type(
      `clear; stty -echo raw; ${ask}; stty sane; echo asked-$?; grep -o '\\[?1;2c\\|\\[0n\\|rgb:' ~/answers | sort | uniq -c`,
    );
    await lab.sees('1 [?1;2c');
    await lab.sees('1 [0n');
    await lab.sees('1 rgb:');
    await page.reload();
    await lab.connected();
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type('clear; echo quiet-$((5 + 5))');
    await lab.sees(/quiet-10\s+\S*[#$]\s*$/);
    await watcher.page.close();
  });

  test('it takes a block into a program that runs only when asked', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; cat > ~/typed');
    await expect(lab.terminal.getByRole('button', { name: /Terminal 1, cat/ })).toBeVisible();
    await lab.run(1).click();
    await expect(lab.step).toContainText('cat is running in the terminal. Type the command there anyway?');
    await expect(lab.step.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await lab.step.getByRole('button', { name: 'Cancel' }).click();
    await expect(lab.run(1)).toBeFocused();
    await lab.run(1).click();
    await lab.step.getByRole('button', { name: 'Type it' }).click();
    await lab.sees('kubectl version');
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+d');
    await lab.type('grep -c kubectl ~/typed | sed s/^/counted-/');
    await lab.sees('counted-1');
  });

  test('it ends in words, and a fresh one opens', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('exit 3');
    await expect(notice(lab)).toContainText('The shell has ended with status 3.');
    await page.getByRole('button', { name: 'Open a new shell' }).click();
    await lab.connected();
    await lab.type('echo fresh-$((1 + 1))');
    await lab.sees('fresh-2');
  });
});

test.describe('terminals', () => {
  test('they come in tabs, two beside each other, and are there after a reload', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; echo in-the-first');
    await lab.sees('in-the-first');
    await page.getByRole('button', { name: 'New terminal' }).click();
    await lab.sees(/[#$]\s*$/);
    await lab.type('clear; echo in-the-second');
    await lab.sees('in-the-second');
    await page.getByRole('button', { name: 'Split' }).click();
    await expect(lab.terminal.locator('.terminal-pane').filter({ visible: true })).toHaveCount(2);
    await lab.type('echo typed-into-$((0 + 1))');
    await lab.sees('typed-into-1');
    await lab.sees('in-the-first');
    await page.reload();
    await lab.connected();
    await expect(lab.terminal.locator('.terminal-pane').filter({ visible: true })).toHaveCount(2);
    await lab.sees('typed-into-1');
    await page.getByRole('button', { name: 'Close terminal 1' }).click();
    await expect(lab.terminal.locator('.tab')).toHaveCount(1);
    await lab.sees('in-the-second');
  });

  test('they ask before they end what runs', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await page.getByRole('button', { name: 'New terminal' }).click();
    await lab.sees(/[#$]\s*$/);
    await lab.type('sleep 1000');
    await expect(lab.terminal.getByRole('button', { name: /Terminal 2, sleep/ })).toBeVisible();
    await page.getByRole('button', { name: 'Close terminal 2' }).click();
    await expect(page.getByRole('dialog')).toContainText('sleep is running in this terminal.');
    await page.getByRole('button', { name: 'Close and end' }).click();
    await expect(lab.terminal.locator('.tab')).toHaveCount(1);
  });
});

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
    await lab.type(String.raw`clear; printf '\033]52;c;?\007'; sleep 1; echo nothing-$((1 + 1))`);
    await lab.sees(/nothing-2\s+\S*[#$]\s*$/);
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
    await page.getByRole('button', { name: 'Larger text' }).click();
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
