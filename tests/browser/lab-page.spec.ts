import type { Page } from '@playwright/test';
import { listen } from './announcements.ts';
import { expect, LabPage, test } from './lab.ts';
import { SELF_ASKING_CHECK } from './local-podium.ts';

/** As another window in front of the browser's does; the browser of tests never has one. */
async function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

test.describe('a lab with a shell of this machine', () => {
  test('it goes the whole way: start, type, run, check, stop', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('echo sum-$((40 + 2))');
    await lab.sees('sum-42');

    await lab.run(1).click();
    await lab.sees(/kubectl version/);

    await lab.button('check').click();
    await expect(lab.check).toHaveAttribute('data-state', 'missing');
    await expect(lab.check).toContainText('There is no ConfigMap called server-version in your namespace yet.');
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type('touch ~/server-version; echo touch-$?');
    await lab.sees('touch-0');
    await lab.check.getByRole('button').click();
    await expect(lab.check).toHaveAttribute('data-state', 'done');
    await expect(lab.check).toContainText('Done');

    await lab.stop();
    await expect(lab.terminal).toContainText('Your sandbox is deleted');
    await expect(lab.button('start')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Start again' })).toBeVisible();
  });

  test('it says before Start what the server lacks for a lab, and offers no Start', async ({ page, localPodium }) => {
    const lab = new LabPage(page, 'fr');
    // As the server answers where the outer wall is not proved; a shell of this machine lacks nothing.
    const json = { checksDone: [], solvable: [], answers: [], lack: 'network_unwalled' };
    await page.route('**/api/labs/*/progress', (route) => route.fulfill({ json }));
    await lab.open(localPodium.url);
    await expect(lab.terminal).toContainText('Il y faut un second mur autour de votre namespace');
    await expect(lab.button('start')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Réessayer' })).toBeVisible();
  });

  test('it turns a step done by itself, says so once, and asks no more', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/watched-checks')) asked.push(request.postData() ?? '');
    });
    await lab.open(localPodium.url, '#step-4');
    const said = await listen(page);
    expect(asked).toEqual([]);
    await lab.start();
    await expect.poll(() => asked.length).toBe(1);
    expect(asked[0]).toContain(`"checks":["${SELF_ASKING_CHECK}"]`);

    await setVisibility(page, 'hidden');
    await expect.poll(() => asked.at(-1)).toContain('"checks":[]');
    await setVisibility(page, 'visible');
    await expect.poll(() => asked.length).toBe(3);
    await expect(lab.check).toHaveAttribute('data-state', 'open');
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type(`touch ~/${SELF_ASKING_CHECK}; echo touch-$?`);
    await lab.sees('touch-0');
    await expect(lab.check).toHaveAttribute('data-state', 'done');
    await expect(lab.next).toHaveClass(/button-main/);
    const title = await lab.step.getByRole('heading', { level: 2 }).textContent();
    await expect(lab.announcer).toContainText(`Done. ${title?.trim()}`);
    expect((await said()).filter((sentence) => sentence.startsWith('Done.'))).toHaveLength(1);

    await expect.poll(() => asked.at(-1)).toContain('"checks":[]');
    const count = asked.length;
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type(`rm ~/${SELF_ASKING_CHECK}; echo rm-$?`);
    await lab.sees('rm-0');
    await page.reload();
    await lab.connected();
    await expect(lab.check).toHaveAttribute('data-state', 'done');
    expect(asked).toHaveLength(count);
  });

  test('it has the same shell’s sandbox after a reload', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('echo kept > ~/note; echo wrote-$?');
    await lab.sees('wrote-0');
    await page.reload();
    await lab.connected();
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type('cat ~/note');
    await lab.sees('kept');
  });

  test('it says that a shell is new after the server was restarted', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('echo before-restart > ~/note; echo wrote-$?');
    await lab.sees('wrote-0');
    await localPodium.stop();
    await expect(lab.terminal).toHaveAttribute('data-connection', /waiting|connecting/);
    await expect(lab.terminal).toContainText('The connection to your shell is lost');
    await localPodium.start();
    await expect(lab.terminal).toContainText('This is a new shell');
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type('cat ~/note');
    await lab.sees('before-restart');
  });

  test('it says that the sandbox is gone when the server comes back without it', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await localPodium.stop();
    await localPodium.loseSandboxes();
    await localPodium.start();
    await expect(lab.terminal).toContainText('Your sandbox has ended and is deleted.');
    await expect(lab.terminal.getByRole('button', { name: 'Try again' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Start again' }).click();
    await lab.connected();
  });

  test('it offers a new shell when the shell has ended', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('exit');
    await expect(lab.terminal).toContainText('The shell has ended.');
    await page.getByRole('button', { name: 'Open a new shell' }).click();
    await lab.connected();
    await expect(lab.terminal).not.toContainText('The shell has ended.');
    await lab.terminal.locator('.xterm-helper-textarea').focus();
    await lab.type('echo again-$((1 + 1))');
    await lab.sees('again-2');
  });

  test('it keeps two learners apart', async ({ browser, localPodium }) => {
    const first = new LabPage(await (await browser.newContext()).newPage());
    const second = new LabPage(await (await browser.newContext()).newPage(), 'fr');
    for (const lab of [first, second]) await lab.open(localPodium.url);
    await first.start();
    await expect(second.button('start')).toBeVisible();
    await second.start();
    await first.type('echo mine > ~/secret; cat ~/secret');
    await first.sees('mine');
    await second.type('cat ~/secret; echo status-$?');
    await second.sees('status-1');
    await first.page.context().close();
    await second.page.context().close();
  });

  test('it tells what Run needs before there is a sandbox', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.run(1).click();
    await expect(lab.step).toContainText('Start the sandbox first.');
    await expect(lab.announcer).toContainText('Start the sandbox first.');
    await lab.button('check').click();
    await expect(lab.check).toContainText('Start the sandbox first.');
  });

  test('it shows one step at a time and remembers which', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await expect(lab.step).toHaveCount(1);
    await lab.next.click();
    await expect(lab.step.getByRole('heading', { level: 2 })).toBeFocused();
    await expect(page).toHaveURL(/#step-2$/);
    await lab.open(localPodium.url);
    await expect(lab.step).toContainText('Step 2 of 7');
    await new LabPage(page, 'fr').open(localPodium.url);
    await expect(lab.step).toContainText('Étape 2 sur 7');
    await page.goBack();
    await page.goBack();
    await expect(lab.step).toContainText('Step 2 of 7');
  });

  test('it loads no terminal before Start, and less than 60 KB of JavaScript', async ({ page, localPodium }) => {
    const scripts: { readonly url: string; readonly source: Buffer }[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return;
      void response.body().then((source) => scripts.push({ url: response.url(), source }));
    });
    await new LabPage(page).open(localPodium.url);
    await page.waitForLoadState('networkidle');
    const { gzipSync } = await import('node:zlib');
    const bytes = scripts.reduce((sum, { source }) => sum + gzipSync(source).length, 0);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(60 * 1024);
    expect(scripts.filter(({ url }) => url.includes('terminal-pane'))).toEqual([]);
  });

  test('it can be read without JavaScript', async ({ browser, localPodium }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await new LabPage(page).open(localPodium.url);
    await expect(page.locator('.lab-step').filter({ visible: true })).toHaveCount(7);
    await expect(page.getByText('The terminal needs JavaScript.')).toBeVisible();
    await context.close();
  });
});
