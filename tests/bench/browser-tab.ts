/** A terminal in a browser that draws: Debian's Chromium, without a window, with the page as it is served. */
import { type Browser, chromium, type Page } from '@playwright/test';
import { readResidentBytes } from './processes.ts';

export interface BrowserTab extends AsyncDisposable {
  readonly page: Page;
  /** Presses the keys of a line, and Enter, in the terminal. */
  readonly typeLine: (line: string) => Promise<void>;
  /** Memory of the tab's process after a garbage collection. */
  readonly residentBytes: () => Promise<number>;
}

const VIEWPORT = { width: 1440, height: 900 };
/** A cold start on a busy machine. */
const START_LIMIT_MS = 120_000;

/** Opens a lab's page and starts its sandbox; resolves when the terminal is connected. */
export async function openLabTab(origin: string): Promise<BrowserTab & { readonly namespace: string }> {
  const tab = await openTab(`${origin}/en/labs/first-steps/`);
  const { page } = tab;
  await page.getByRole('button', { name: 'Start', exact: true }).filter({ visible: true }).click();
  await page.locator('podium-terminal[data-connection="connected"]').waitFor({ timeout: START_LIMIT_MS });
  const sandboxes = (await page.evaluate(() => fetch('/api/sandboxes').then((reply) => reply.json()))) as {
    id: string;
    namespace: string;
  }[];
  const [sandbox] = sandboxes;
  if (sandbox === undefined) throw new Error('The page has no sandbox.');
  return {
    ...tab,
    namespace: sandbox.namespace,
    async [Symbol.asyncDispose]() {
      await page.evaluate((id) => fetch(`/api/sandboxes/${id}`, { method: 'DELETE' }), sandbox.id);
      await tab[Symbol.asyncDispose]();
    },
  };
}

/** Opens any page that shows one terminal of xterm.js. */
export async function openTab(url: string, viewport = VIEWPORT): Promise<BrowserTab> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport });
  await page.goto(url);
  return {
    page,
    async typeLine(line) {
      await page.locator('.xterm-helper-textarea').focus();
      await page.keyboard.insertText(line);
      await page.keyboard.press('Enter');
    },
    async residentBytes() {
      const session = await page.context().newCDPSession(page);
      await session.send('HeapProfiler.collectGarbage');
      await session.detach();
      return readResidentBytes(await findRenderer(browser));
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** The one tab's process: Chromium keeps a spare one, which has used less of the processor. */
async function findRenderer(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer').toSorted((a, b) => b.cpuTime - a.cpuTime);
  const [tab] = renderers;
  if (tab === undefined) throw new Error('The browser has no tab.');
  return tab.id;
}
