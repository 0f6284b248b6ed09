/** What a step asks and does beside its commands: questions, files, other terminals, and a way out. */
import { listen } from './announcements.ts';
import { expect, LabPage, test } from './lab.ts';

test.describe('a question', () => {
  test('it says of a wrong answer that it is wrong, and of the right one why', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url, '#step-4');
    const quiz = lab.step.getByRole('group', { name: /./ }).filter({ has: page.getByRole('radio') });
    const answer = lab.step.getByRole('button', { name: 'Answer', exact: true });
    await answer.click();
    await expect(lab.step).toContainText('Choose an answer first.');
    const heard = await listen(page);
    // Which is right, the page does not know: all are tried.
    for (const choice of await quiz.getByRole('radio').all()) {
      await choice.check();
      await answer.click();
      await expect(lab.step.locator('.question-verdict')).toHaveText(/Right\.|Not quite\. Think again\./);
      if (await lab.step.getByText('Right.').isVisible()) break;
    }
    await expect(lab.step.locator('.question-said p')).not.toHaveCount(1);
    await expect(quiz.getByRole('radio').first()).toBeDisabled();
    await expect(lab.step.locator('.answer[data-right]')).toHaveCount(1);
    const isRight = (said: string): boolean => said.startsWith('Right.');
    await expect.poll(async () => (await heard()).some(isRight)).toBe(true);
    expect((await heard()).filter(isRight)).toHaveLength(1);
  });

  test('it gives the answer to who asks for it', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url, '#step-4');
    const quiz = lab.step.getByRole('group').filter({ has: page.getByRole('radio') });
    const shown = lab.step.getByRole('button', { name: 'Show the answer' });
    for (const choice of await quiz.getByRole('radio').all()) {
      if (await shown.isVisible()) break;
      await choice.check();
      await lab.step.getByRole('button', { name: 'Answer', exact: true }).click();
      await expect(lab.step.locator('.question-verdict')).toBeVisible();
      // By chance the first was right: then the second is tried on a fresh page.
      if (await lab.step.getByText('Right.').isVisible()) {
        await page.reload();
        await quiz.getByRole('radio').nth(1).check();
        await lab.step.getByRole('button', { name: 'Answer', exact: true }).click();
      }
    }
    await shown.click();
    await expect(lab.step).toContainText('The right answer is marked.');
    await expect(lab.step.locator('.answer[data-right]')).toContainText('right');
  });

  test('it keeps a prediction until it is compared', async ({ page, localPodium }) => {
    const lab = new LabPage(page, 'fr');
    await lab.open(localPodium.url, '#step-3');
    const output = lab.step.locator('.block-output', { hasText: 'at the cluster scope' }).locator('pre');
    const later = lab.step.locator('.block-output', { hasText: 'yes' }).locator('pre');
    await expect(later).toBeVisible();
    await expect(output).toBeHidden();
    await lab.step.getByRole('radio').last().check();
    await lab.step.getByRole('button', { name: 'Je retiens cela' }).click();
    await expect(output).toBeVisible();
    await expect(lab.step).toContainText('Essayez maintenant, puis revenez comparer.');
    await expect(lab.step.locator('.answer[data-right]')).toHaveCount(0);
    await lab.step.getByRole('button', { name: 'Comparer avec ce qui s’est passé' }).click();
    await expect(lab.step.locator('.question-verdict')).toHaveText('C’est bien ce que vous pensiez.');
  });
});

test.describe('a block', () => {
  test('it is saved into the home by a click, also by keyboard, and said', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url, '#step-1', 'pods');
    const save = lab.step.getByRole('button', { name: 'Save in your home as web.yaml' });
    await save.click();
    await expect(lab.step).toContainText('Start the sandbox first. Then Save writes the file for you.');
    await lab.start();
    await expect(lab.step).not.toContainText('Start the sandbox first.');
    const heard = await listen(page);
    await save.focus();
    await page.keyboard.press('Alt+Enter');
    await expect(save).toHaveText('Saved');
    await expect.poll(heard).toContain('web.yaml is in your home.');
    await lab.terminal.locator('.xterm').click();
    await lab.type('head -1 ~/web.yaml; echo end-$((40 + 2))');
    await lab.sees(/apiVersion: v1.*end-42/);
  });

  test('it is run in a second terminal where it says so, and the next in the first', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url, '#step-4', 'deployments');
    await lab.start();
    const panes = lab.terminal.locator('.terminal-pane').filter({ visible: true });
    await expect(panes).toHaveCount(1);
    await lab.step.getByText('Run in terminal 2').click();
    await expect(lab.step.getByText('Sent', { exact: true })).toBeVisible();
    await expect(panes).toHaveCount(2);
    await expect(lab.terminal.locator('.tab')).toHaveCount(2);
    await expect(panes.nth(1)).toHaveAttribute('data-active');
    await lab.step.getByText('Run', { exact: true }).first().click();
    await expect(panes.nth(0)).toHaveAttribute('data-active');
  });
});

test.describe('a step', () => {
  test('it is done for a learner who asks for it twice', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    const heard = await listen(page);
    await lab.step.getByRole('button', { name: 'Show me' }).click();
    const question = page.getByRole('dialog');
    await expect(question).toContainText('Have this step done for you?');
    await expect(question.getByRole('button', { name: 'I try again' })).toBeFocused();
    await question.getByRole('button', { name: 'Show me' }).click();
    await expect(lab.check).toHaveAttribute('data-state', 'done');
    await expect(page.locator('.lab-solving')).toContainText('It is done. Go on from here.');
    await expect.poll(heard).toContain('It is done. Go on from here.');
    expect((await heard()).filter((each) => each.startsWith('It is done.'))).toHaveLength(1);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(page.locator('.lab-solving')).toBeHidden();
  });

  test('it is one at a time, and the other can still be cancelled when that is said', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await lab.type('touch ~/slowly; echo slow-$((40 + 2))');
    await lab.sees('slow-42');
    const line = page.locator('.lab-solving');
    const showMe = async () => {
      await lab.step.getByRole('button', { name: 'Show me' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Show me' }).click();
    };
    await showMe();
    await expect(line).toContainText('Step 1 is being done for you.');
    await lab.next.click();
    await showMe();
    await expect(line).toContainText('A step is being done for you already. Wait until it is, or cancel it.');
    await line.getByRole('button', { name: 'Cancel' }).click();
    await expect(line).toBeHidden();
    await lab.stop();
  });

  test('it is said not to be there where a page is older than the server', async ({ page, localPodium }) => {
    const lab = new LabPage(page, 'fr');
    await lab.open(localPodium.url, '#step-3');
    await page.route('**/api/sandboxes', (route) => {
      const asked = route.request().postDataJSON() as object | null;
      return asked === null ? route.continue() : route.continue({ postData: { ...asked, step: 99 } });
    });
    await page.getByRole('button', { name: 'Démarrer à l’étape 3' }).click();
    await expect(lab.terminal).toContainText('Ce lab n’a pas cette étape. Rechargez la page');
  });

  test('it is where a sandbox starts, with all before it done', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url, '#step-3');
    await page.getByRole('button', { name: 'Start at step 3' }).click();
    await lab.connected();
    await expect(page.locator('.lab-solving')).toContainText('It is done. Go on from here.');
    await expect(page.locator('.step-dot[data-done]')).toHaveCount(2);
    await expect(lab.check).toHaveAttribute('data-state', 'open');
    await lab.terminal.locator('.xterm').click();
    await lab.type('touch ~/mine; echo made-$((40 + 2))');
    await lab.sees('made-42');
    await lab.button('stop').click();
    await page.getByRole('button', { name: 'Start over at step 3' }).click();
    await expect(page.locator('.step-dot[data-done]')).toHaveCount(0);
    await lab.connected();
    await expect(page.locator('.step-dot[data-done]')).toHaveCount(2);
    await lab.terminal.locator('.xterm').click();
    await lab.type('ls ~/mine; echo seen-$((40 + 2))');
    await lab.sees(/\/mine.*seen-42/);
  });
});

test('hints come one after the other', async ({ page, localPodium }) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url, '#step-7');
  const hints = lab.step.locator('.hint').filter({ visible: true });
  await expect(hints).toHaveCount(1);
  await hints.first().locator('summary').click();
  await expect(hints).toHaveCount(2);
});

test('steps are turned by keyboard, and not while one types', async ({ page, localPodium }) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await page.keyboard.press('Alt+PageDown');
  await expect(page.locator('#step-2 .step-title')).toBeFocused();
  await page.keyboard.press('Alt+PageUp');
  await expect(page.locator('#step-1 .step-title')).toBeFocused();
  await page.keyboard.press('Alt+PageUp');
  await expect(page.locator('#step-1')).toBeVisible();
  await lab.start();
  await expect.poll(() => lab.hasTerminalFocus).toBe(true);
  await page.keyboard.press('Alt+PageDown');
  await lab.type('echo still-$((40 + 2))');
  await lab.sees('still-42');
  await expect(page.locator('#step-1')).toBeVisible();
});

test('on paper there are all steps, and nothing to press', async ({ page, localPodium }) => {
  const lab = new LabPage(page);
  await lab.open(localPodium.url);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.step-title').filter({ visible: true })).toHaveCount(7);
  await expect(page.getByRole('button').filter({ visible: true })).toHaveCount(0);
});
