/** How long a sandbox still has: the warning before it ends, more time by a click, and a fresh one in its place. */
import { listen } from './announcements.ts';
import { expect, LabPage, test } from './lab.ts';
import { startLocalPodium, type LocalPodium } from './local-podium.ts';

/** A server whose sandboxes grow old. */
const agingTest = test.extend<{ podium: LocalPodium }>({
  podium: async ({}, use) => {
    await using podium = await startLocalPodium({ driver: 'local' });
    await use(podium);
  },
});

async function age(podium: LocalPodium, minutes: number): Promise<void> {
  await podium.stop();
  await podium.ageSandboxes(minutes);
  await podium.start();
}

agingTest.describe('a sandbox that is about to end', () => {
  agingTest('it says so once, and is kept by a click as long as it may be', async ({ page, podium }) => {
    const lab = new LabPage(page);
    const more = lab.terminal.getByRole('button', { name: 'More time' });
    const left = lab.terminal.locator('.bar-time');
    await lab.open(podium.url);
    await lab.start();
    await expect(left).toHaveText('1 hr left');
    await expect(more).toBeHidden();

    const heard = await listen(page);
    await age(podium, 56);
    await expect(left).toHaveText('4 min left');
    const warning = '4 minutes left, then your sandbox is deleted. Type something or press More time to keep it.';
    await expect.poll(heard).toContain(warning);
    await more.click();
    await expect(left).toHaveText('1 hr left');
    await expect.poll(heard).toContain('1 hour left now.');
    expect((await heard()).filter((each) => each === warning)).toHaveLength(1);
    // It keeps the focus that it has.
    await expect(more).toBeFocused();
    await lab.connected();
    await lab.terminal.locator('.xterm').click();

    await age(podium, 56);
    await expect(left).toHaveText('4 min left');
    await lab.type('echo here-$((40 + 2))');
    await lab.sees('here-42');
    // Two hours are the lab's own limit, of which 112 minutes are over.
    await expect(left).toHaveText('8 min left');
    await age(podium, 4);
    const last = '4 minutes left, then your sandbox is deleted. It cannot be kept for longer.';
    await expect.poll(heard).toContain(last);
    await expect(more).toBeHidden();
  });
});

test('a sandbox can be started over: a fresh shell, and no check is done', async ({ page, localPodium }) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await lab.start();
  // With the local driver a check is done when there is a file of its name.
  await lab.type('touch ~/$((40 + 2)) ~/server-version; ls ~');
  await lab.sees('42');
  await lab.button('check').click();
  await expect(lab.check).toHaveAttribute('data-state', 'done');
  const heard = await listen(page);
  await lab.button('stop').click();
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(lab.check).toHaveAttribute('data-state', 'open');
  await lab.connected();
  await expect.poll(() => lab.hasTerminalFocus).toBe(true);
  await lab.button('check').click();
  await expect(lab.check).toHaveAttribute('data-state', 'missing');
  expect((await heard()).filter((each) => each.includes('is deleted'))).toEqual([]);
  await page.reload();
  await lab.connected();
  await expect(lab.check).toHaveAttribute('data-state', 'open');
});

test('what was in the home is there again after Stop and Start, until it is thrown away', async ({
  page,
  localPodium,
}) => {
  const lab = new LabPage(page);
  const fresh = page.getByRole('button', { name: 'Delete it and start afresh' });
  const again = page.getByRole('button', { name: 'Start again' });
  await lab.open(localPodium.url);
  await expect(lab.button('start')).toBeVisible();
  await expect(fresh).toBeHidden();
  await lab.start();
  await lab.type('echo kept-$((1 + 1)) > note; cat note');
  await lab.sees('kept-2');
  await lab.stop();
  await expect(fresh).toBeVisible();
  await page.reload();
  await expect(lab.terminal).toContainText('What was in your home folder on');
  await lab.start();
  await lab.type('cat note');
  await lab.sees('kept-2');
  await lab.stop();
  await expect(again).toBeVisible();
  await fresh.click();
  await lab.connected();
  await expect.poll(() => lab.hasTerminalFocus).toBe(true);
  await lab.sees(/[#$]/);
  await lab.type('cat note');
  await lab.sees('No such file');
});
