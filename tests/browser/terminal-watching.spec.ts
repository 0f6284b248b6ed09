/** One terminal on two pages: one types, the other watches and knows it. */
import type { BrowserContext, Locator } from '@playwright/test';
import { listen } from './announcements.ts';
import { expect, LabPage, test } from './lab.ts';

const HOW = 'Take over to type here.';

const line = (lab: LabPage): Locator => lab.terminal.locator('.viewer-line');
const keyboard = (lab: LabPage): Locator => lab.terminal.locator('.xterm-helper-textarea');

/** A page that types, and one that watches it. */
async function openBoth(first: LabPage, context: BrowserContext, url: string): Promise<LabPage> {
  await first.open(url);
  await first.start();
  const second = new LabPage(await context.newPage());
  await second.open(url);
  await second.connected();
  await expect(line(second)).toContainText('You are watching.');
  return second;
}

test.describe('a terminal that another types in', () => {
  test('it takes no keys, and says once why and how to type there, which a mouse that moves does not ask', async ({
    page,
    context,
    localPodium,
  }) => {
    const first = new LabPage(page);
    const second = await openBoth(first, context, localPodium.url);
    const heard = await listen(second.page);
    await first.type(String.raw`clear; printf '\033[?1003h\033[?1004h\033[?1006h'; echo mouse-$((1 + 1))`);
    await second.sees('mouse-2');
    await second.terminal.locator('.terminal-screen').click();
    expect(await second.hasTerminalFocus).toBe(true);
    await expect(line(second)).not.toContainText(HOW);
    await second.type('echo never-typed');
    await expect(second.announcer).toContainText(HOW);
    await second.type('echo never-typed-either');
    await expect(line(second)).toContainText(/has been typing since .+\. You are watching\. Take over to type here\./);
    await first.type(String.raw`printf '\033[?1003l\033[?1004l'; clear; echo typed-$((20 + 1))`);
    for (const lab of [first, second]) await lab.sees('typed-21');
    for (const lab of [first, second]) expect(await lab.screen()).not.toContain('never-typed');
    expect((await heard()).filter((said) => said.includes(HOW))).toHaveLength(1);
  });

  test('it is taken over by keyboard; who typed before is told by whom, and when', async ({
    page,
    context,
    localPodium,
  }) => {
    const first = new LabPage(page);
    const second = await openBoth(first, context, localPodium.url);
    const heard = await listen(page);
    const minute = (): string =>
      new Intl.DateTimeFormat('en', { timeStyle: 'short' }).format(Date.now()).replace(/\s/g, ' ');
    await keyboard(second).focus();
    await second.page.keyboard.press('Shift+Tab');
    await expect(second.page.getByRole('button', { name: 'Take over' })).toBeFocused();
    const before = minute();
    await second.page.keyboard.press('Enter');
    await expect(line(second)).toBeHidden();
    await expect(second.announcer).toContainText('You type here now.');
    await expect(line(first)).toBeVisible();
    const sentences = [before, minute()].map((at) => `Chrome on Linux took over at ${at}. You are watching.`);
    const said = await line(first).locator('p').innerText();
    /* Which blank stands before AM is the browser's choice. */
    expect(sentences).toContain(said.replace(/\s/g, ' '));
    await expect(first.announcer).toContainText(said);
    expect((await heard()).filter((each) => each === said)).toHaveLength(1);
    await second.type('clear; echo second-$((2 * 2))');
    await first.sees('second-4');
    await first.type('echo never-typed');
    await expect(line(first)).toContainText(`${said} ${HOW}`);
  });
});
