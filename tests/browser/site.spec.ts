import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './lab.ts';

const pages = ['', 'labs/', 'labs/first-steps/', 'decks/', 'decks/welcome/', 'docs/', 'docs/author/lab/', 'nowhere/'];
const languages = ['en', 'fr'] as const;

/** Half a pixel of rounding is not a scroll bar. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess).toBeLessThanOrEqual(0);
}

test.describe('a visitor of any page', () => {
  for (const path of pages) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`it has nothing for axe to find: /${path} (${colorScheme})`, async ({ page, localPodium }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const language of languages) {
          await page.goto(`${localPodium.url}/${language}/${path}`);
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
        }
      });
    }

    test(`it says its language and its other one: /${path}`, async ({ page, localPodium }) => {
      for (const language of languages) {
        await page.goto(`${localPodium.url}/${language}/${path}`);
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        const other = language === 'en' ? 'fr' : 'en';
        const link = page.getByRole('link', { name: other === 'fr' ? 'Français' : 'English' });
        await expect(link).toHaveAttribute('hreflang', other);
      }
    });

    test(`it fits a phone, and a window zoomed to 400 %: /${path}`, async ({ page, localPodium }) => {
      for (const viewport of [
        { width: 390, height: 844 },
        // 1280 × 1024 at 400 % is 320 × 256 of CSS pixels.
        { width: 320, height: 256 },
      ]) {
        await page.setViewportSize(viewport);
        await page.goto(`${localPodium.url}/fr/${path}`);
        await expectNoSidewaysScroll(page);
      }
    });

    test(`it obeys the server's content security policy and moves nothing: /${path}`, async ({ page, localPodium }) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' && !/404/.test(message.text())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.addInitScript(() => {
        const shifts: number[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await page.goto(`${localPodium.url}/en/${path}`, { waitUntil: 'networkidle' });
      const shifted = await page.evaluate(() =>
        (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
      );
      expect(complaints).toEqual([]);
      expect(shifted).toBeLessThan(0.01);
    });
  }
});

test.describe('a reader', () => {
  test('it has the search in the middle of the window', async ({ page, localPodium }) => {
    await page.goto(`${localPodium.url}/en/docs/start/`);
    await page.keyboard.press('Control+k');
    const dialog = await page.getByRole('dialog').boundingBox();
    const width = page.viewportSize()?.width ?? 0;
    expect(dialog).not.toBeNull();
    expect(Math.abs((dialog?.x ?? 0) + (dialog?.width ?? 0) / 2 - width / 2)).toBeLessThan(10);
  });

  test('it has all of the bar of the docs at 400 %, and nothing of it on the page below', async ({
    page,
    localPodium,
  }) => {
    await page.setViewportSize({ width: 320, height: 256 });
    for (const language of languages) {
      await page.goto(`${localPodium.url}/${language}/docs/start/`);
      const bar = await page.locator('.page > .header').boundingBox();
      const sections = await page.locator('.site-header nav').boundingBox();
      expect((sections?.y ?? 0) + (sections?.height ?? 0)).toBeLessThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0));
    }
  });

  test('it has every page of the docs beside the page, with its section open', async ({ page, localPodium }) => {
    for (const [language, title] of [
      ['en', 'Use a lab'],
      ['fr', 'Suivre un lab'],
    ] as const) {
      await page.goto(`${localPodium.url}/${language}/docs/learn/labs/`);
      const sidebar = page.locator('.sidebar-content');
      await expect(sidebar.getByRole('link', { name: title })).toHaveAttribute('aria-current', 'page');
      await expect(sidebar.getByRole('link', { name: title })).toBeVisible();
      for (const section of await sidebar.locator('details').all()) {
        expect(await section.locator('a').count()).toBeGreaterThan(0);
      }
    }
  });

  test('it stays on the page when they change the language', async ({ page, localPodium }) => {
    await page.goto(`${localPodium.url}/en/docs/start/`);
    await page.getByRole('link', { name: 'Français' }).click();
    await expect(page).toHaveURL(/\/fr\/docs\/start\/$/);
    await page.getByRole('link', { name: 'English' }).click();
    await expect(page).toHaveURL(/\/en\/docs\/start\/$/);
  });

  test('it keeps the theme that they chose, before the first paint of the next page', async ({ page, localPodium }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${localPodium.url}/en/`);
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByLabel('Theme').selectOption('dark');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.goto(`${localPodium.url}/en/docs/`);
    await expect(page.locator('html')).toHaveAttribute('data-scheme', 'dark');
    await expect(page.getByLabel('Theme')).toHaveValue('dark');
    await page.getByLabel('Theme').selectOption('system');
    await expect(page.locator('html')).not.toHaveAttribute('data-scheme');
  });

  test('it leads from home to a lab by the keyboard alone', async ({ page, localPodium }) => {
    await page.goto(`${localPodium.url}/en/`);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Open First steps' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/en\/labs\/first-steps\/$/);
  });

  test('it finds a page of the docs by a word, in their language', async ({ page, localPodium }) => {
    await page.goto(`${localPodium.url}/fr/docs/`);
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox').fill('étape');
    await expect(page.getByRole('status').filter({ hasText: /trouvée/ })).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/fr\/docs\/.+/);
  });

  test('it is told that a page of the docs is in English where there is no French', async ({ page, localPodium }) => {
    await page.goto(`${localPodium.url}/fr/docs/develop/test/`);
    await expect(page.locator('main')).toHaveAttribute('lang', 'en');
    await expect(page.getByText(/pas encore disponible|n’est pas/)).toBeVisible();
  });

  test('it says what to do where there is no page, in their language', async ({ page, localPodium }) => {
    const answer = await page.goto(`${localPodium.url}/fr/rien/`);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Cette page n’existe pas' })).toBeVisible();
    await page.getByRole('link', { name: 'Aller à l’accueil' }).click();
    await expect(page).toHaveURL(/\/fr\/$/);
  });

  test('it shows their own progress in the list of labs', async ({ page, localPodium }) => {
    await page.goto(`${localPodium.url}/en/labs/`);
    await expect(page.getByText(/steps done/)).toBeHidden();
    await page.evaluate(() =>
      localStorage.setItem('podium-lab-first-steps', JSON.stringify({ step: 2, done: ['server-version'] })),
    );
    await page.reload();
    await expect(page.getByText(/^1 of \d+ steps done$/)).toBeVisible();
  });

  test('it leads nowhere that does not exist', async ({ page, localPodium, request }) => {
    const seen = new Set<string>();
    const queue = languages.map((language) => `/${language}/`);
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const answer = await request.get(localPodium.url + path);
      expect(answer.status(), path).toBe(200);
      if (!answer.headers()['content-type']?.includes('html')) continue;
      for (const [, href = ''] of (await answer.text()).matchAll(/<a [^>]*href="([^"#?]+)/g)) {
        const target = new URL(href, localPodium.url + path);
        if (target.origin === new URL(localPodium.url).origin) queue.push(target.pathname);
      }
    }
    expect(seen.size).toBeGreaterThan(20);
    await page.close();
  });
});

test.describe('a reader without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  for (const [path, text] of [
    ['en/labs/first-steps/', /A cluster is|cluster/],
    ['en/decks/welcome/', 'Your sandbox is two rooms'],
    ['fr/docs/start/', 'npm start'],
  ] as const) {
    test(`it reads /${path} all the same`, async ({ page, localPodium }) => {
      await page.goto(`${localPodium.url}/${path}`);
      await expect(page.locator('main').getByText(text).first()).toBeVisible();
    });
  }
});
