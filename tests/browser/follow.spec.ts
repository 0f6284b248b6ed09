/** A presenter at a desk, and people with phones: each in a browser of their own. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { expect, test } from './lab.ts';

const DECK = '/en/decks/welcome/';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

interface Showing {
  readonly deck: Page;
  readonly speaker: Page;
  readonly code: string;
}

async function beginShowing(context: BrowserContext, deck: Page, url: string): Promise<Showing> {
  await deck.goto(url + DECK);
  await expect(deck.locator('.reveal.ready')).toBeVisible();
  const speaker = await context.newPage();
  await speaker.goto(`${url}${DECK}speaker/`);
  await speaker.getByRole('button', { name: 'Room' }).click();
  await speaker.getByRole('button', { name: 'Let the room follow' }).click();
  const address = speaker.locator('[data-room-address]');
  await expect(address).toHaveText(/\/follow\/[2-9a-z]{6}$/);
  await expect(deck.locator('.room-sign code')).toHaveText(await address.innerText());
  return { deck, speaker, code: (await address.innerText()).split('/').at(-1) ?? '' };
}

async function follow(browser: Browser, address: string, options = {}): Promise<Page> {
  const phone = await browser.newContext({ ...PHONE, ...options });
  const page = await phone.newPage();
  await page.goto(address);
  return page;
}

/** The heading of the slide that the room sees. */
const headingOf = (deck: Page) => deck.locator('section.present:not(.stack) :is(h1, h2)').first().innerText();

test.describe('a room that follows', () => {
  test('it has the slide of the room on its phones, also late, and may look back and return', async ({
    page,
    context,
    browser,
    localPodium,
  }) => {
    const { deck, speaker, code } = await beginShowing(context, page, localPodium.url);
    const early = await follow(browser, `${localPodium.url}/follow/${code}`);
    await expect(early.locator('[data-article] :is(h1, h2)').first()).toHaveText(await headingOf(deck));
    await deck.bringToFront();
    for (let count = 0; count < 3; count += 1) await deck.keyboard.press('ArrowRight');
    const heading = await headingOf(deck);
    await expect(early.locator('[data-article] :is(h1, h2)').first()).toHaveText(heading);
    const late = await follow(browser, `${localPodium.url}/follow/${code}`);
    await expect(late.locator('[data-article] :is(h1, h2)').first()).toHaveText(heading);
    await expect(late.getByRole('button', { name: 'Next' })).toBeDisabled();
    await late.getByRole('button', { name: 'Back' }).click();
    await expect(late.locator('[data-article] :is(h1, h2)').first()).not.toHaveText(heading);
    await late.getByRole('button', { name: 'Return to live' }).click();
    await expect(late.locator('[data-article] :is(h1, h2)').first()).toHaveText(heading);
    const wide = await late.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide).toBe(false);
    for (const each of [late, speaker]) {
      const { violations } = await new AxeBuilder({ page: each }).exclude('iframe').analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
    }
  });

  test('it reads the slides in its own language, where the deck has it', async ({
    page,
    context,
    browser,
    localPodium,
  }) => {
    const { code } = await beginShowing(context, page, localPodium.url);
    const french = await follow(browser, `${localPodium.url}/follow/${code}`, { locale: 'fr-FR' });
    await expect(french.locator('[data-article]')).toHaveAttribute('lang', 'fr');
    await expect(french.getByRole('button', { name: 'Précédente' })).toBeVisible();
    await french.locator('[data-language-switch]').click();
    await expect(french).toHaveURL(new RegExp(`/en/follow/${code}$`));
    await expect(french.locator('[data-article]')).toHaveAttribute('lang', 'en');
  });

  test('it says that the network is gone, and is on the right slide when it is back', async ({
    page,
    context,
    browser,
    localPodium,
  }) => {
    const { deck, code } = await beginShowing(context, page, localPodium.url);
    const phone = await follow(browser, `${localPodium.url}/follow/${code}`);
    await expect(phone.locator('[data-connection]')).toHaveText('Live');
    await localPodium.stop();
    await expect(phone.locator('[data-connection]')).toHaveText(/No connection/);
    await deck.bringToFront();
    await deck.keyboard.press('ArrowRight');
    await localPodium.start();
    await expect(phone.locator('[data-connection]')).toHaveText('Live');
    await expect(phone.locator('[data-article] :is(h1, h2)').first()).toHaveText(await headingOf(deck));
  });

  test('it follows where no WebSocket gets through', async ({ page, context, browser, localPodium }) => {
    const { deck, code } = await beginShowing(context, page, localPodium.url);
    const phone = await (await browser.newContext(PHONE)).newPage();
    await phone.addInitScript(() => {
      globalThis.WebSocket = class extends EventTarget {
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new CloseEvent('close', { code: 1006 })));
        }
        close(): void {}
      } as unknown as typeof WebSocket;
    });
    await phone.goto(`${localPodium.url}/follow/${code}`);
    await expect(phone.locator('[data-connection]')).toHaveText('Live');
    await deck.bringToFront();
    await deck.keyboard.press('ArrowRight');
    await expect(phone.locator('[data-article] :is(h1, h2)').first()).toHaveText(await headingOf(deck));
  });

  test('it asks, and sees a question when the presenter lets it', async ({ page, context, browser, localPodium }) => {
    const { speaker, code } = await beginShowing(context, page, localPodium.url);
    const phone = await follow(browser, `${localPodium.url}/follow/${code}`);
    await phone.getByLabel('Ask a question').fill('Why two namespaces?');
    await phone.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(phone.locator('[data-question-note]')).toHaveText(/^Asked/);
    await expect(speaker.getByText('Why two namespaces?')).toBeVisible();
    await expect(phone.locator('.question')).toHaveCount(0);
    await speaker.getByRole('button', { name: 'Show', exact: true }).click();
    await phone.getByRole('button', { name: 'Me too' }).click();
    await expect(speaker.locator('.question')).toContainText('1 vote');
    await speaker.getByRole('button', { name: 'Answered' }).click();
    await expect(phone.locator('.question')).toContainText('Answered');
  });

  test('it is moved from a phone, and reads along what somebody types', async ({
    page,
    context,
    browser,
    localPodium,
  }) => {
    const { deck, speaker, code } = await beginShowing(context, page, localPodium.url);
    const link = speaker.locator('.room-link input');
    await speaker.getByRole('button', { name: 'Make a link for a remote' }).click();
    await expect(link).toHaveValue(/\/en\/remote\/#/);
    const address = await link.inputValue();
    const remote = await follow(browser, address);
    await expect(remote.locator('[data-title]')).toHaveText(await headingOf(deck));
    expect(remote.url()).not.toContain('#');
    const before = await headingOf(deck);
    await remote.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => headingOf(deck)).not.toBe(before);
    await expect(remote.locator('[data-title]')).toHaveText(await headingOf(deck));
    await remote.reload();
    await expect(remote.locator('[data-title]')).toHaveText(await headingOf(deck));

    await speaker.getByRole('button', { name: 'Make a link for captions' }).click();
    await expect(link).toHaveValue(/\/en\/captions\/#/);
    const captioner = await follow(browser, await link.inputValue());
    const phone = await follow(browser, `${localPodium.url}/follow/${code}`);
    await captioner.getByLabel('What is being said').pressSequentially('A cluster of one machine');
    await expect(phone.locator('[data-caption-draft]')).toHaveText('A cluster of one machine');
    await captioner.keyboard.press('Enter');
    await expect(phone.locator('[data-caption-lines]')).toHaveText('A cluster of one machine');
    const stranger = await follow(browser, address.replace(/.{8}$/, 'xxxxxxxx'));
    await expect(stranger.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();
  });

  test('it is told when the presenter ends it', async ({ page, context, browser, localPodium }) => {
    const { speaker, deck, code } = await beginShowing(context, page, localPodium.url);
    const phone = await follow(browser, `${localPodium.url}/follow/${code}`);
    await expect(phone.locator('[data-connection]')).toHaveText('Live');
    await speaker.getByRole('button', { name: 'End for the room' }).click();
    await speaker.getByRole('button', { name: 'End', exact: true }).click();
    await expect(phone.getByRole('heading', { name: 'The presentation is over' })).toBeVisible();
    await expect(deck.locator('.room-sign')).toHaveCount(0);
  });

  test('it fetches less than 40 KB of JavaScript', async ({ page, localPodium }) => {
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      if (request.resourceType() === 'script') sizes.push(request.sizes().then((size) => size.responseBodySize));
    });
    await page.goto(`${localPodium.url}/follow/abcdef`, { waitUntil: 'networkidle' });
    await expect(page.getByRole('heading', { name: 'The presentation is over' })).toBeVisible();
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes / 1024).toBeLessThan(40);
  });
});
