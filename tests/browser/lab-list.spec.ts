/** Finding one of many labs: by words, by level, by topic, by a link that somebody sent. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { listen } from './announcements.ts';
import { expect, test as base } from './lab.ts';
import { startLocalPodium } from './local-podium.ts';
import { buildManyLabs } from './many-labs.ts';

/** The address of the list of a site with sixty labs. */
const test = base.extend<object, { list: string }>({
  list: [
    async ({}, use) => {
      await using many = await buildManyLabs();
      await using podium = await startLocalPodium({ driver: 'local', dist: many.dist });
      await use(`${podium.url}/en/labs/`);
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

const rows = (page: Page): Locator => page.locator('[data-lab]').filter({ visible: true });
const count = (page: Page): Locator => page.locator('[data-lab-count]');
const choice = (page: Page, name: string): Locator => page.getByRole('search').getByRole('link', { name, exact: true });

test.describe('a reader who looks for a lab', () => {
  test('it has all of them first, those of a path above, each with its level, minutes and topics', async ({
    page,
    list,
  }) => {
    await page.goto(list);
    await expect(count(page)).toHaveText('60 labs');
    await expect(page.getByRole('heading', { level: 2 })).toHaveText(['A path', 'Another', 'More labs']);
    await expect(rows(page)).toHaveCount(61);
    await expect(rows(page).first()).toContainText(/pods · own-0[\s\S]*Beginner[\s\S]*10\smin/);
  });

  test('it filters at once by what they choose, says how many once, and keeps it in the address', async ({
    page,
    list,
  }) => {
    await page.goto(list);
    const heard = await listen(page);
    await choice(page, 'Intermediate').click();
    await expect(page).toHaveURL(`${list}?level=intermediate`);
    await expect(count(page)).toHaveText('20 of 60 labs');
    await choice(page, 'services').click();
    await expect(page).toHaveURL(`${list}?level=intermediate&tag=services`);
    await expect(count(page)).toHaveText('5 of 60 labs');
    await expect(choice(page, 'services')).toHaveAttribute('aria-current', 'true');
    await expect(choice(page, 'services')).toBeFocused();
    await expect(rows(page)).toHaveCount(5);
    await expect.poll(heard).toEqual(['20 of 60 labs', '5 of 60 labs']);
    await page.goBack();
    await expect(count(page)).toHaveText('20 of 60 labs');
    await page.goBack();
    await expect(count(page)).toHaveText('60 labs');
  });

  test('it finds by words of title and goals, whatever their accents, and says the count when they pause', async ({
    page,
    list,
  }) => {
    await page.goto(list);
    const heard = await listen(page);
    await page.getByRole('searchbox', { name: 'Search the labs' }).pressSequentially('DEJA-VU tell', { delay: 20 });
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText('lab 41');
    await expect(page).toHaveURL(`${list}?q=DEJA-VU+tell`);
    await expect.poll(heard).toEqual(['1 of 60 labs']);
    await page.getByRole('link', { name: 'Français' }).click();
    await expect(page).toHaveURL(/\/fr\/labs\/\?q=DEJA-VU\+tell$/);
  });

  test('it shows the same list to who was sent the link, and its lab of two paths once', async ({ page, list }) => {
    await page.goto(`${list}?level=beginner&tag=security&q=lab`);
    await expect(choice(page, 'Beginner')).toHaveAttribute('aria-current', 'true');
    await expect(page.getByRole('searchbox')).toHaveValue('lab');
    await expect(count(page)).toHaveText('5 of 60 labs');
    await expect(rows(page)).toHaveCount(5);
    await expect(page.getByRole('heading', { name: 'A path' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Another' })).toBeHidden();
    await expect(choice(page, 'pods')).toHaveAttribute('href', '?level=beginner&tag=pods&q=lab');
  });

  test('it says what to do when nothing is found, and shows all again by the keyboard', async ({ page, list }) => {
    await page.goto(`${list}?level=beginner&tag=gone&q=no`);
    await expect(count(page)).toHaveText('No lab found');
    await expect(page.getByText('No lab has all of this at once.')).toBeVisible();
    const heard = await listen(page);
    await page.getByRole('link', { name: 'Show all labs' }).press('Enter');
    await expect(page).toHaveURL(list);
    await expect(page.getByRole('searchbox')).toBeFocused();
    await expect(page.getByRole('searchbox')).toHaveValue('');
    await expect.poll(heard).toEqual(['60 labs']);
  });

  test('it folds rare topics, and unfolds them for one that is chosen', async ({ page, list }) => {
    await page.goto(list);
    await expect(choice(page, 'own-7')).toBeHidden();
    await page.getByText('9 more topics').click();
    await expect(choice(page, 'own-7')).toBeVisible();
    await page.goto(`${list}?tag=own-7`);
    await expect(choice(page, 'own-7')).toBeVisible();
    await expect(count(page)).toHaveText('1 of 60 labs');
  });

  test('it moves nothing when it comes with a filter', async ({ page, list }) => {
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((entries) => {
        for (const entry of entries.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(`${list}?tag=storage`, { waitUntil: 'networkidle' });
    await expect(rows(page)).toHaveCount(5);
    const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
    expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01);
  });

  test('it has nothing for axe to find, and fits a phone and 400 %, with all, some and none', async ({
    page,
    list,
  }) => {
    for (const query of ['', '?tag=own-7', '?q=nothing-of-this']) {
      for (const width of [1440, 390, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(list.replace('/en/', '/fr/') + query);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
        const excess = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
        expect(excess, `${width} ${query}`).toBeLessThanOrEqual(0);
      }
    }
  });
});

test.describe('a reader without JavaScript who looks for a lab', () => {
  test.use({ javaScriptEnabled: false });

  test('it has the whole list, and no filters that would do nothing', async ({ page, list }) => {
    await page.goto(`${list}?level=beginner`);
    await expect(rows(page)).toHaveCount(61);
    await expect(page.getByText('60 labs', { exact: true })).toBeVisible();
    await expect(page.getByRole('searchbox')).toBeHidden();
  });
});
