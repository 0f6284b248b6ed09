import { acquireCluster, skippedWithoutCluster } from '../support/cluster.ts';
import { expect, LabPage, test as base } from './lab.ts';
import { startLocalPodium, type LocalPodium } from './local-podium.ts';

/** A server that waits for its cluster: the test says how far it is, as the launcher would. */
const test = base.extend<{ waitingPodium: LocalPodium }>({
  waitingPodium: async ({}, use) => {
    await using podium = await startLocalPodium({ driver: 'embedded' });
    await use(podium);
  },
});

const building = { state: 'building', part: 'cilium', index: 3, count: 14, remainingSeconds: 720 } as const;

test.describe('while the cluster is being built', () => {
  test('it says how far the cluster is, before Start and after', async ({ page, waitingPodium }) => {
    waitingPodium.tellCluster(building);
    const lab = new LabPage(page);
    await lab.open(waitingPodium.url);
    await expect(lab.terminal).toContainText('part 3 of 14, Cilium. About 12 minutes left.');
    await expect(lab.terminal).toContainText('your sandbox begins by itself when the cluster is ready');
    await lab.button('start').click();
    await expect(lab.terminal.getByRole('heading', { name: 'Waiting for the cluster' })).toBeVisible();
    waitingPodium.tellCluster({ ...building, part: 'coredns', index: 4, remainingSeconds: 60 });
    await expect(lab.terminal).toContainText('part 4 of 14, CoreDNS. About 60 seconds left.');
    await expect(lab.terminal.getByRole('progressbar')).toHaveJSProperty('value', 3);
  });

  test('it says the same in French', async ({ page, waitingPodium }) => {
    waitingPodium.tellCluster(building);
    const lab = new LabPage(page, 'fr');
    await lab.open(waitingPodium.url);
    await expect(lab.terminal).toContainText('partie 3 sur 14, Cilium. Encore 12 minutes environ.');
  });

  for (const language of ['en', 'fr'] as const) {
    test(`it shows all of it on a slide at once (${language}), since nobody scrolls there`, async ({
      page,
      waitingPodium,
    }) => {
      waitingPodium.tellCluster(building);
      await page.goto(`${waitingPodium.url}/${language}/decks/welcome/`);
      await expect(page.locator('.reveal.ready')).toBeVisible();
      const slide = await page
        .locator('.slides > section')
        .evaluateAll((sections) => sections.findIndex((section) => section.querySelector('podium-terminal')));
      await page.goto(`${waitingPodium.url}/${language}/decks/welcome/#/${slide}`);
      const hiddenPx = (): Promise<number> =>
        page.locator('.panel-slot').evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
      const lab = new LabPage(page, language);
      await expect(lab.terminal.getByRole('progressbar')).toBeVisible();
      expect(await hiddenPx()).toBe(0);
      await lab.button('start').click();
      await expect(lab.terminal.locator('[data-action="cancel"]')).toBeVisible();
      expect(await hiddenPx()).toBe(0);
    });
  }

  test('it cancels a start that waits, and can be started again', async ({ page, waitingPodium }) => {
    waitingPodium.tellCluster(building);
    const lab = new LabPage(page);
    await lab.open(waitingPodium.url);
    await lab.button('start').click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(lab.terminal).toContainText('The start is cancelled.');
    await expect(lab.announcer).toContainText('The start is cancelled.');
    await page.getByRole('button', { name: 'Start again' }).click();
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  });

  test('it goes on waiting after a reload', async ({ page, waitingPodium }) => {
    waitingPodium.tellCluster(building);
    const lab = new LabPage(page);
    await lab.open(waitingPodium.url);
    await lab.button('start').click();
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
    await page.reload();
    await expect(lab.terminal.getByRole('heading', { name: 'Waiting for the cluster' })).toBeVisible();
  });

  test('it says so when the cluster could not be made', async ({ page, waitingPodium }) => {
    waitingPodium.tellCluster(building);
    const lab = new LabPage(page);
    await lab.open(waitingPodium.url);
    await expect(lab.button('start')).toBeVisible();
    waitingPodium.tellCluster({ state: 'failed', code: 'cluster_failed' });
    await expect(lab.terminal).toContainText('The console where Podium was started says why.');
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  });

  test('it begins by itself when the cluster is ready', async ({ page, waitingPodium }) => {
    test.skip(skippedWithoutCluster !== false, String(skippedWithoutCluster));
    // With the server's own rights: an administrator's would prove that nothing holds the server back.
    await using cluster = await acquireCluster();
    waitingPodium.tellCluster(building);
    const lab = new LabPage(page);
    await lab.open(waitingPodium.url);
    await lab.button('start').click();
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
    waitingPodium.tellCluster({ state: 'ready' }, cluster.serverKubeconfig);
    await lab.connected();
    await lab.stop();
    await expect(lab.terminal).toContainText('Your sandbox is deleted', { timeout: 60_000 });
  });
});
