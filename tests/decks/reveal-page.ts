/**
 * A page of reveal.js as an author writes it, in Chromium: a deck in a Markdown file, the plugins for Markdown, code and
 * math. The same page takes the HTML that we have made, without any plugin. Both are read after reveal.js has started.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from '@playwright/test';
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
  readonly reference: TreeNode;
  readonly ours: TreeNode;
}

export interface RevealPage extends AsyncDisposable {
  read(page: AuthorPage): Promise<BothTrees>;
}

const packageFolder = (name: string) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
const modules = join(packageFolder('katex'), '..');
const TYPES: Readonly<Record<string, string>> = { mjs: 'text/javascript', js: 'text/javascript', css: 'text/css' };

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
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/deck.md') return response.setHeader('content-type', 'text/markdown').end(markdown);
    if (path === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
    const isPart = /^\/(?:reveal\.js|katex)\/dist\/[\w./-]+$/u.test(path);
    if (!isPart) return response.writeHead(404).end();
    return readFile(join(modules, path)).then(
      (bytes) => response.setHeader('content-type', TYPES[path.split('.').at(-1) ?? ''] ?? 'font/woff2').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.addInitScript({ content: `globalThis.readTree = ${readTree.toString()}` });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('globalThis.KaTeX !== undefined');
  return {
    read(deck) {
      markdown = deck.markdown;
      return withinLimit(page.evaluate(readBoth, deck));
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A plugin that fails within reveal.js leaves it waiting for ever. */
async function withinLimit<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(SHOW_LIMIT_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error('reveal.js has not shown it in time: one of its plugins may have failed.');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
    work.catch(() => undefined);
  }
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

/** Runs in the page. */
async function readBoth({ separators, hasMath, markdownOptions, html }: AuthorPage): Promise<BothTrees> {
  const { Reveal, Markdown, Highlight, KaTeX, readTree: read } = globalThis as unknown as PageGlobals;
  // All slides are loaded and none is laid out, so that nothing depends on the size of text.
  const options = { disableLayout: true, viewDistance: 1000, mobileViewDistance: 1000, hash: false, keyboard: false };
  const show = async (fill: (slides: Element) => void, plugins: object): Promise<TreeNode> => {
    const container = document.createElement('div');
    container.className = 'reveal';
    const slides = document.createElement('div');
    slides.className = 'slides';
    container.append(slides);
    document.body.append(container);
    fill(slides);
    const deck = new Reveal(container, { ...options, ...plugins });
    // The plugin for math says nothing when it is done: it works as soon as the last of its scripts is there.
    const isSet = new Promise<void>((resolve) => {
      const onLoad = ({ target }: Event) => {
        if (!(target instanceof HTMLScriptElement && target.src.includes('auto-render'))) return;
        document.removeEventListener('load', onLoad, true);
        setTimeout(resolve, 0);
      };
      document.addEventListener('load', onLoad, true);
    });
    await deck.initialize();
    if (Object.hasOwn(plugins, 'katex')) await isSet;
    const tree = read(slides);
    deck.destroy();
    container.remove();
    return tree;
  };
  const section = document.createElement('section');
  section.setAttribute('data-markdown', 'deck.md');
  for (const [name, value] of Object.entries(separators)) section.setAttribute(name, value);
  const plugins = [Markdown, Highlight, ...(hasMath ? [KaTeX] : [])];
  const reference = await show((slides) => slides.append(section), {
    plugins,
    markdown: markdownOptions,
    ...(hasMath ? { katex: { local: '/katex' } } : {}),
  });
  const ours = await show((slides) => (slides.innerHTML = html), {});
  return { reference, ours };
}
