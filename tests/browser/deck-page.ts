/** A deck and its presenter's view as one who presents uses them. */
import type { Page } from '@playwright/test';
import { expect } from './lab.ts';

export const DECK = '/en/decks/welcome/';

export async function openDeck(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.locator('.reveal.ready')).toBeVisible();
}

/** Opens the presenter's view by its key. */
export async function openSpeaker(page: Page): Promise<Page> {
  const [speaker] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('s')]);
  await expect(speaker.frameLocator('.speaker-next iframe').locator('.reveal.ready')).toBeAttached();
  return speaker;
}

/** The index of the slide with a terminal. */
export async function terminalSlide(page: Page): Promise<number> {
  return page
    .locator('.slides > section')
    .evaluateAll((sections) => sections.findIndex((section) => section.querySelector('podium-terminal')));
}
