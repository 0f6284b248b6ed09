/** A learner's whole way on a real cluster: the Podium that `PODIUM_TEST_URL` names. */
import { expect, LabPage, test } from './lab.ts';

const url = process.env['PODIUM_TEST_URL']?.replace(/\/$/, '') ?? '';

/** Deleting a namespace takes the cluster some seconds. */
const DELETE_LIMIT_MS = 60_000;

test.describe('a learner on a real cluster', () => {
  test.skip(url === '', 'PODIUM_TEST_URL names no Podium with a cluster.');

  for (const language of ['en', 'fr'] as const) {
    test(`it goes from Start to Stop (${language})`, async ({ page }) => {
      const lab = new LabPage(page, language);
      await lab.open(url);
      await lab.start();
      await lab.type('clear; kubectl get pods');
      await lab.sees(/No resources found in learner-\S+ namespace/);
      await lab.type('clear; helm version');
      await lab.sees(/version\.BuildInfo\{Version:"v4\./);
      await lab.type('clear; kind version');
      await lab.sees(/kind v0\.\d+\.\d+/);

      await lab.type('clear');
      await lab.run(1).click();
      await lab.sees(/Server Version: v1\./);
      await lab.button('check').click();
      await expect(lab.check).toHaveAttribute('data-state', 'missing');
      await lab.terminal.locator('.xterm-helper-textarea').focus();
      await lab.type(
        'kubectl create configmap notes --from-literal=server=$(kubectl version -o json | jq -r .serverVersion.gitVersion)',
      );
      await lab.sees('configmap/notes created');
      await lab.check.getByRole('button').click();
      await expect(lab.check).toHaveAttribute('data-state', 'done');

      await lab.stop();
      await expect(lab.terminal).toHaveAttribute('data-phase', 'idle', { timeout: DELETE_LIMIT_MS });
    });
  }

  test('it keeps two learners apart', async ({ browser }) => {
    const labs = [
      new LabPage(await (await browser.newContext()).newPage()),
      new LabPage(await (await browser.newContext()).newPage()),
    ] as const;
    const [first, second] = labs;
    for (const lab of labs) await lab.open(url);
    await Promise.all(labs.map((lab) => lab.start()));
    await first.terminal.locator('.xterm-helper-textarea').focus();
    await first.type('clear; kubectl create configmap mine && echo in=$NAMESPACE=');
    await first.sees(/in=learner-[a-z0-9]+=/);
    const namespace = /in=(learner-[a-z0-9]+)=/.exec(await first.screen())?.[1] ?? '';
    await second.terminal.locator('.xterm-helper-textarea').focus();
    await second.type(`clear; kubectl get configmap mine; kubectl -n ${namespace} get configmaps`);
    await second.sees(/"mine" not found/);
    await second.sees(/[Ff]orbidden/);
    for (const lab of labs) {
      await lab.stop();
      await expect(lab.terminal).toHaveAttribute('data-phase', 'idle', { timeout: DELETE_LIMIT_MS });
      await lab.page.context().close();
    }
  });
});
