/** A deck as a PDF, by the Chromium of this machine: reveal.js's own pages for paper, with links that lead somewhere. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { fastify } from 'fastify';
import { chromium, type Page } from 'playwright-core';
import { DeckFileError } from './deck-file-error.ts';
import type { DeckPage } from './deck-page.ts';

export interface PrintWishes {
  readonly hasNotes: boolean;
  /** The program; otherwise the first of the known names that is on the path. */
  readonly chromium: string | undefined;
  /** As `PATH` names folders. */
  readonly searchPath: string;
}

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** A deck of two hundred slides on a busy machine. */
const READY_LIMIT_MS = 120_000;

export async function printDeck(deck: DeckPage, wishes: PrintWishes, signal: AbortSignal): Promise<Buffer> {
  const executablePath = wishes.chromium ?? findChromium(wishes.searchPath);
  await using site = await serveSite(deck.site);
  // Chromium's own sandbox does not work for root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args }).catch((error: unknown) => {
    throw new DeckFileError(`Chromium (${executablePath}) does not start: ${String(error).split('\n')[0]}`);
  });
  const stop = (): void => void browser.close();
  signal.addEventListener('abort', stop);
  try {
    const page = await browser.newPage();
    await page.goto(`${site.url}${deck.path}?print-pdf${wishes.hasNotes ? '&notes' : ''}`);
    await page.waitForSelector('.pdf-page', { state: 'attached', timeout: READY_LIMIT_MS });
    await makeLinksLeadToTheSite(page, deck.base);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    return await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
  } finally {
    signal.removeEventListener('abort', stop);
    await browser.close();
  }
}

function findChromium(searchPath: string): string {
  const folders = [...searchPath.split(delimiter), '/usr/bin'];
  const found = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) =>
    existsSync(file),
  );
  if (found === undefined) {
    throw new DeckFileError(
      'A PDF is made by Chromium, and there is none here. Install it, or name it in PODIUM_CHROMIUM.',
    );
  }
  return found;
}

/** For the time of printing, on loopback. */
async function serveSite(root: string): Promise<AsyncDisposable & { readonly url: string }> {
  const app = fastify();
  await app.register(fastifyStatic, { root });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, [Symbol.asyncDispose]: () => app.close() };
}

/** Links to other pages of the site would lead to the server that only printing had; those to slides to nothing. */
async function makeLinksLeadToTheSite(page: Page, base: string): Promise<void> {
  await page.evaluate((origin) => {
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href]')) {
      if (link.origin === location.origin) link.href = new URL(link.pathname + link.hash, origin).href;
    }
  }, base);
}
