/** A shell in the page that outlives what happens to the page. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { expect, LabPage, test } from './lab.ts';

const notice = (lab: LabPage): Locator => lab.terminal.locator('.terminal-notice').filter({ visible: true });

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
  }, testInfo) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    // A shell of the local driver has the disk of the tests.
    const offline = testInfo.outputPath('offline');
    const printed = testInfo.outputPath('printed');
    await lab.type(
      `clear; (until [ -e ${offline} ]; do sleep 0.1; done; echo mean$((1))while; touch ${printed}) & true`,
    );
    await lab.sees('[1]');
    await context.setOffline(true);
    await expect(lab.terminal).toHaveAttribute('data-connection', /waiting|connecting/);
    await expect(notice(lab)).toContainText('The connection to your shell is lost');
    await writeFile(offline, '');
    await expect.poll(() => existsSync(printed)).toBe(true);
    await lab.type('echo typed-$((20 + 2))');
    await context.setOffline(false);
    await lab.connected();
    await expect(notice(lab)).toHaveCount(0);
    await lab.sees('typed-22');
    await lab.sees('mean1while');
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
