/** A deck as one HTML file: slides, styles, faces, pictures and the program inside it. It opens from a disk. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { build } from 'esbuild';
import { JSDOM } from 'jsdom';
import type { DeckPage } from './deck-page.ts';

/** What needs the site around it. */
const NEEDS_THE_SITE = [
  'script',
  'template',
  'link:not([rel="stylesheet"])',
  'meta[name="robots"]',
  '.deck-bar',
  'li:has([data-deck-action="speaker"])',
  'li:has([data-deck-action="type"])',
].join(', ');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
};

/** `root` is Podium's own folder, where the program of a deck is. */
export async function exportDeck(deck: DeckPage, root: string): Promise<string> {
  const dom = new JSDOM(deck.html);
  const { document } = dom.window;
  for (const part of document.querySelectorAll(NEEDS_THE_SITE)) part.remove();
  document.documentElement.classList.add('deck-offline');
  document.querySelector('.reveal')?.removeAttribute('data-speaker-href');
  await inlineStyles(document, deck);
  await inlineMedia(document, deck);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="/"]')) {
    link.href = new URL(link.getAttribute('href') ?? '', deck.base).href;
  }
  const script = document.createElement('script');
  script.textContent = (await bundleProgram(root)).replaceAll('</script', '<\\/script');
  document.body.append(script);
  return dom.serialize();
}

async function inlineStyles(document: Document, deck: DeckPage): Promise<void> {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
    const style = document.createElement('style');
    const css = await readFile(join(deck.site, link.getAttribute('href') ?? ''), 'utf8');
    style.textContent = await replaceAsync(
      css,
      /url\((['"]?)(\/[^'")]+)\1\)/g,
      async (_whole, _quote, path) => `url(${await asDataUrl(deck, path)})`,
    );
    link.replaceWith(style);
  }
}

const MEDIA = ['src', 'poster', 'data-src', 'data-background-image', 'data-background-video', 'href'] as const;

async function inlineMedia(document: Document, deck: DeckPage): Promise<void> {
  for (const name of MEDIA) {
    for (const element of document.querySelectorAll(`[${name}^="/"]:not(a)`)) {
      element.setAttribute(name, await asDataUrl(deck, element.getAttribute(name) ?? ''));
    }
  }
}

async function asDataUrl(deck: DeckPage, address: string): Promise<string> {
  const path = decodeURIComponent(address.replace(/[?#].*$/, ''));
  const type = MEDIA_TYPES[extname(path).toLowerCase()];
  const bytes = type === undefined ? undefined : await readFile(join(deck.site, path)).catch(() => undefined);
  return bytes === undefined ? new URL(address, deck.base).href : `data:${type};base64,${bytes.toString('base64')}`;
}

async function bundleProgram(root: string): Promise<string> {
  const contents = `import { present } from './src/deck/present.ts';
void present(document.querySelector('.reveal'));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'iife',
    minify: true,
    legalComments: 'inline',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

async function replaceAsync(
  text: string,
  pattern: RegExp,
  replacement: (...match: string[]) => Promise<string>,
): Promise<string> {
  const parts = await Promise.all([...text.matchAll(pattern)].map((match) => replacement(...match)));
  return text.replace(pattern, () => parts.shift() ?? '');
}
