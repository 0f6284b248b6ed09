/** What is said over a terminal: what was lost and how much, what ended, and what to do; never over the line one types on. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { listen } from './announcements.ts';
import { expect, LabPage, test } from './lab.ts';

const notice = (lab: LabPage): Locator => lab.terminal.locator('.terminal-notice').filter({ visible: true });
const understood = (lab: LabPage): Locator => notice(lab).getByRole('button', { name: 'Understood' });

/** A shell command that prints this many lines of 51 bytes, with the carriage return that a terminal adds. */
const flood = (lines: number): string => `yes ${'x'.repeat(49)} | head -n ${lines}`;

/** Whether a notice lies over the cursor. */
async function hidesCursor(lab: LabPage): Promise<boolean> {
  const over = await notice(lab).boundingBox();
  const cursor = await lab.terminal.locator('.xterm-cursor').filter({ visible: true }).boundingBox();
  if (over === null || cursor === null) return true;
  return cursor.y < over.y + over.height && over.y < cursor.y + cursor.height;
}

test.describe('over a terminal', () => {
  test('it is said once how much output is no longer kept', async ({ page, context, localPodium }, testInfo) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    // A shell of the local driver has the disk of the tests.
    const [offline, printed] = [testInfo.outputPath('offline'), testInfo.outputPath('printed')];
    await lab.type(
      `clear; (until [ -e ${offline} ]; do sleep 0.1; done; ${flood(42_000)}; echo last-$((40 + 2)); touch ${printed}) & true`,
    );
    await lab.sees('[1]');
    const heard = await listen(page);
    await context.setOffline(true);
    await expect(notice(lab)).toContainText('The connection to your shell is lost');
    await writeFile(offline, '');
    await expect.poll(() => existsSync(printed)).toBe(true);
    await context.setOffline(false);
    await lab.connected();
    // 2,142,000 bytes were printed, of which one MiB is kept.
    const said = 'The oldest output, 1.1 MB, is no longer kept. The screen is up to date.';
    await expect(notice(lab)).toContainText(said);
    await lab.sees('last-42');
    await expect(lab.announcer).toContainText(said);
    await context.setOffline(true);
    await expect(lab.terminal).toHaveAttribute('data-connection', /waiting|connecting/);
    await context.setOffline(false);
    await lab.connected();
    await lab.type('echo back-$((1 + 1))');
    await lab.sees('back-2');
    await expect(notice(lab)).toHaveCount(1);
    expect((await heard()).filter((each) => each === said)).toHaveLength(1);
    await understood(lab).click();
    await expect(notice(lab)).toHaveCount(0);
    expect(await lab.hasTerminalFocus).toBe(true);
  });

  test('it is added up what a watcher missed, beside who types', async ({ page, context, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const watcher = new LabPage(await context.newPage());
    await watcher.open(localPodium.url);
    await watcher.connected();
    const heard = await listen(watcher.page);
    const debug = await context.newCDPSession(watcher.page);
    await debug.send('Debugger.enable');
    /* The watcher's page stands still, as one whose computer is busy, until all is printed. */
    const missFlood = async (done: string): Promise<number> => {
      const paused = new Promise<void>((resolve) => debug.once('Debugger.paused', () => resolve()));
      await debug.send('Debugger.pause');
      await lab.type(`clear; ${flood(32_000)}; echo ${done}-$((1 + 1))`);
      await paused;
      await lab.sees(`${done}-2`);
      await debug.send('Debugger.resume');
      await watcher.sees(`${done}-2`);
      await expect(notice(watcher)).toContainText('The shell printed faster than this page could draw');
      const [, amount = '', unit = ''] = /: ([\d.]+) ([kM])B left out/.exec(await notice(watcher).innerText()) ?? [];
      return Number(amount) * (unit === 'M' ? 1_000 : 1);
    };
    const first = await missFlood('once');
    expect(first).toBeGreaterThan(300);
    await expect.poll(heard).toContainEqual(expect.stringContaining('left out'));
    const second = await missFlood('twice');
    expect(second).toBeGreaterThan(first + 300);
    await expect(notice(watcher)).toHaveCount(1);
    expect((await heard()).filter((said) => said.includes('left out'))).toHaveLength(1);
    await watcher.page.getByRole('button', { name: 'Take over' }).click({ trial: true });
    await understood(watcher).click();
    await expect(notice(watcher)).toHaveCount(0);
  });

  test('all of a new shell is said in one place, off the line that is typed on', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; echo before-$((1 + 1))');
    await lab.sees('before-2');
    await localPodium.stop();
    await expect(notice(lab)).toContainText('The connection to your shell is lost');
    await expect.poll(() => hidesCursor(lab)).toBe(false);
    await lab.type('echo for-the-old-shell');
    await localPodium.start();
    await expect(notice(lab)).toContainText('This is a new shell.');
    await expect(notice(lab)).toHaveCount(1);
    await expect(notice(lab)).toContainText('What you typed without a connection was meant for the old shell');
    await lab.sees(/^\S*[#$]\s*$/);
    await expect.poll(() => hidesCursor(lab)).toBe(false);
    await lab.type('seq 1 200; echo bottom-$((1 + 1))');
    await lab.sees('bottom-2');
    await expect.poll(() => hidesCursor(lab)).toBe(false);
    expect(await lab.screen()).not.toContain('for-the-old-shell');
    await understood(lab).press('Enter');
    await expect(notice(lab)).toHaveCount(0);
    expect(await lab.hasTerminalFocus).toBe(true);
  });

  test('it is said how a shell ended; one step back by keyboard opens a new one', async ({
    page,
    localPodium,
  }, testInfo) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const heard = await listen(page);
    const shell = testInfo.outputPath('shell');
    await lab.type(`clear; echo $$ > ${shell}; cat`);
    const tab = lab.terminal.locator('.tab');
    await expect(tab).toHaveAccessibleName('Terminal 1, cat');
    process.kill(Number(await readFile(shell, 'utf8')), 'SIGKILL');
    const said = 'The shell has ended with status 137. Your files and all else that you made are still there.';
    await expect(notice(lab)).toContainText(said);
    await expect(lab.terminal.locator('.terminal-bar')).toContainText('Shell ended');
    await expect(tab).toHaveAccessibleName('Terminal 1');
    await expect.poll(heard).toContain(said);
    await lab.type('echo never-typed');
    await page.keyboard.press('Shift+Tab');
    await expect(page.getByRole('button', { name: 'Open a new shell' })).toBeFocused();
    await page.keyboard.press('Enter');
    await lab.connected();
    await expect(notice(lab)).toHaveCount(0);
    expect(await lab.hasTerminalFocus).toBe(true);
    await lab.type('echo fresh-$((1 + 1))');
    await lab.sees('fresh-2');
    expect(await lab.screen()).not.toContain('never-typed');
    expect((await heard()).filter((each) => each === said)).toHaveLength(1);
  });
});
