/**
 * A page of reveal.js as an author writes it, in Chromium: a deck in a Markdown file, the plugins for Markdown, code and
 * math. The same page takes the HTML that we have made, without any plugin. Both are read after reveal.js has started.
 */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { readTree, type TreeNode } from './tree.ts';

/** What stands in the page around the deck, and what the author's file holds. */
export interface AuthorPage {
  readonly markdown: string;
  readonly separators: Readonly<Record<string, string>>;
  readonly hasMath: boolean;
  readonly markdownOptions: object;
  /** What we have made of it. */
  readonly html: string;
}

export interface BothTrees {
  /** Undefined where a plugin of reveal.js fails on the deck, so that it shows nothing. */
  readonly reference: TreeNode | undefined;
  readonly ours: TreeNode;
}

export interface RevealPage extends AsyncDisposable {
  /** Throws where reveal.js cannot show what we have made. */
  read(page: AuthorPage): Promise<BothTrees>;
}

const packageFolder = (name: string) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
const modules = join(packageFolder('katex'), '..');
const TYPES: Readonly<Record<string, string>> = {
  '/': 'text/html',
  md: 'text/markdown',
  mjs: 'text/javascript',
  js: 'text/javascript',
  css: 'text/css',
};

/** One deck takes a tenth of a second. */
const SHOW_LIMIT_MS = 10_000;

const PAGE = `<!doctype html><meta charset="utf-8"><title>decks</title><body>
<script type="module">
import Reveal from '/reveal.js/dist/reveal.mjs';
import Markdown from '/reveal.js/dist/plugin/markdown.mjs';
import Highlight from '/reveal.js/dist/plugin/highlight.mjs';
import MathPlugins from '/reveal.js/dist/plugin/math.mjs';
Object.assign(globalThis, { Reveal, Markdown, Highlight, KaTeX: MathPlugins.KaTeX });
</script>`;

export async function openRevealPage(): Promise<RevealPage> {
  let markdown = '';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const own = { '/': PAGE, '/deck.md': markdown }[pathname];
    const isPart = /^\/(?:reveal\.js|katex)\/dist\/[\w./-]+$/u.test(pathname);
    response.setHeader('content-type', TYPES[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
    if (own !== undefined) response.end(own);
    else if (isPart)
      createReadStream(join(modules, pathname))
        .on('error', () => response.destroy())
        .pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.addInitScript({ content: `globalThis.readTree = ${readTree.toString()}` });
  const open = async () => {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.KaTeX !== undefined');
  };
  await open();
  return {
    async read(deck) {
      markdown = deck.markdown;
      const reference = await showDeck(page, { ...deck, html: undefined }).catch(async () => {
        await open();
        return undefined;
      });
      return { reference, ours: await showDeck(page, deck) };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A plugin that fails leaves reveal.js waiting for ever: its error ends the wait. */
async function showDeck(page: Page, deck: Omit<AuthorPage, 'html'> & { html: string | undefined }): Promise<TreeNode> {
  const failure = page.waitForEvent('pageerror', { timeout: SHOW_LIMIT_MS }).then((error) => {
    throw error;
  });
  failure.catch(() => undefined);
  const work = page.evaluate(readDeck, deck);
  work.catch(() => undefined);
  return Promise.race([work, failure]);
}

/** What the page has from its scripts. */
interface PageGlobals {
  Reveal: new (
    element: Element,
    options: object,
  ) => {
    initialize(): Promise<void>;
    destroy(): void;
  };
  Markdown: unknown;
  Highlight: unknown;
  KaTeX: unknown;
  readTree: (root: Element) => TreeNode;
}

/** Runs in the page: the author's page, or the one with our HTML. */
async function readDeck(deck: Omit<AuthorPage, 'html'> & { html: string | undefined }): Promise<TreeNode> {
  const { Reveal, Markdown, Highlight, KaTeX, readTree: read } = globalThis as unknown as PageGlobals;
  const container = document.createElement('div');
  container.className = 'reveal';
  container.innerHTML = '<div class="slides"></div>';
  document.body.replaceChildren(container);
  const slides = container.children[0] as Element;
  const usesMath = deck.html === undefined && deck.hasMath;
  if (deck.html === undefined) {
    slides.innerHTML = '<section data-markdown="deck.md"></section>';
    for (const [name, value] of Object.entries(deck.separators)) slides.children[0]?.setAttribute(name, value);
  } else {
    slides.innerHTML = deck.html;
  }
  // The plugin for math says nothing when it is done: it works as soon as the last of its scripts is there.
  const isSet = new Promise<void>((resolve) => {
    const onLoad = ({ target }: Event) => {
      if (!(target instanceof HTMLScriptElement && target.src.includes('auto-render'))) return;
      document.removeEventListener('load', onLoad, true);
      setTimeout(resolve, 0);
    };
    if (usesMath) document.addEventListener('load', onLoad, true);
    else resolve();
  });
  const instance = new Reveal(container, {
    // All slides are loaded and none is laid out, so that nothing depends on the size of text.
    disableLayout: true,
    viewDistance: 1000,
    mobileViewDistance: 1000,
    hash: false,
    keyboard: false,
    markdown: deck.markdownOptions,
    plugins: deck.html === undefined ? [Markdown, Highlight, ...(usesMath ? [KaTeX] : [])] : [],
    ...(usesMath ? { katex: { local: '/katex' } } : {}),
  });
  await instance.initialize();
  await isSet;
  const tree = read(slides);
  instance.destroy();
  return tree;
}
