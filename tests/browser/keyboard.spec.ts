import { expect, LabPage, test } from './lab.ts';

const CHORD = 'Control+Shift+E';

test.describe('a lab by keyboard alone', () => {
  test('it is entered by Tab, keeps Tab for the shell, and is left by the shown chord', async ({
    page,
    localPodium,
  }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.button('start').focus();
    await page.keyboard.press('Enter');
    await lab.connected();
    expect(await lab.hasTerminalFocus).toBe(true);
    await lab.type('mkdir -p ~/only-one-folder; echo made-$?');
    await lab.sees('made-0');
    await page.keyboard.type('ls -d ~/only-o');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await lab.sees(/\/only-one-folder/);
    expect(await lab.hasTerminalFocus).toBe(true);

    await expect(lab.terminal).toContainText('Ctrl+Shift+E');
    await page.keyboard.press(CHORD);
    await expect(page.getByRole('button', { name: 'Full screen' })).toBeFocused();
    await expect(lab.announcer).toContainText('You left the terminal.');
    await page.keyboard.press('Shift+Tab');
    expect(await lab.hasTerminalFocus).toBe(true);
  });

  test('it runs the focused block by Alt+Enter and goes back to where it was', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const block = lab.step.locator('[data-block] pre').first();
    await block.focus();
    await page.keyboard.press('Alt+Enter');
    await lab.sees(/kubectl version/);
    await expect(block).toBeFocused();
    await page.keyboard.press(CHORD);
    expect(await lab.hasTerminalFocus).toBe(true);
    await page.keyboard.press(CHORD);
    await expect(block).toBeFocused();
  });

  test('it moves the line between text and terminal and remembers it', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    const separator = page.getByRole('separator', { name: 'Width of the text' });
    const width = async (): Promise<number> => (await page.locator('.lab-text').boundingBox())?.width ?? 0;
    await separator.focus();
    await expect(separator).toHaveAttribute('aria-valuenow', '44');
    const before = await width();
    await page.keyboard.press('ArrowRight');
    await expect(separator).toHaveAttribute('aria-valuenow', '46');
    expect(await width()).toBeGreaterThan(before);
    await page.keyboard.press('End');
    await expect(separator).toHaveAttribute('aria-valuenow', '66');
    await page.keyboard.press('Home');
    await expect(separator).toHaveAttribute('aria-valuenow', '28');
    await page.reload();
    await expect(separator).toHaveAttribute('aria-valuenow', '28');
  });

  test('it asks before it stops, and Escape keeps the sandbox', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.button('stop').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Keep working' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(lab.button('stop')).toBeFocused();
    await lab.connected();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Tab');
    await expect(page.getByRole('button', { name: 'Start over' })).toBeFocused();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(lab.terminal).toContainText('Your sandbox is deleted');
    await expect(lab.terminal.getByRole('heading')).toBeFocused();
  });

  test('it copies what is selected and pastes what was copied', async ({ page, context, localPodium }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('clear; echo copied-word');
    await lab.sees(/^copied-word/);
    const box = await lab.terminal.locator('.xterm-screen').boundingBox();
    if (box === null) throw new Error('The terminal has no screen.');
    await page.mouse.dblclick(box.x + 20, box.y + 8);
    await page.keyboard.press('Control+Shift+C');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('copied-word');
    await page.keyboard.type('echo got-');
    await page.keyboard.press('Control+Shift+V');
    await page.keyboard.press('Enter');
    await lab.sees(/got-copied-word[^e]*\n?.*got-copied-word/);
  });

  test('it fills the screen and comes back', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const full = page.getByRole('button', { name: 'Full screen' });
    await full.click();
    await expect(full).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(async () => (await lab.terminal.boundingBox())?.width).toBe(1440);
    await full.click();
    await expect(full).toHaveAttribute('aria-pressed', 'false');
    await expect.poll(async () => (await lab.terminal.boundingBox())?.width ?? 0).toBeLessThan(900);
  });
});
