/** What a lab's page weighs as a browser receives it: its scripts before the terminal is opened, and all of it with one. */
import { chromium, type Page } from '@playwright/test';
import type { Figure } from './figures.ts';
import type { PodiumUnderTest } from './run.ts';

const LABS = ['first-steps', 'pods', 'deployments', 'container-principles'] as const;
const KB = 1024;
const LIMIT_SCRIPT_KB = 60;
const LIMIT_WITH_TERMINAL_KB = 400;
/** A cold start on a busy machine. */
const START_LIMIT_MS = 120_000;

export async function measureLabPage({ origin }: PodiumUnderTest): Promise<readonly Figure[]> {
  const scripts = await Promise.all(LABS.map((lab) => withPage((page) => weigh(page, `${origin}/en/labs/${lab}/`))));
  const whole = await withPage(async (page) => {
    const received = await countReceived(page);
    await page.goto(`${origin}/en/labs/first-steps/`);
    await page.getByRole('button', { name: 'Start', exact: true }).filter({ visible: true }).click();
    await page.locator('podium-terminal[data-connection="connected"]').waitFor({ timeout: START_LIMIT_MS });
    const bytes = received.all;
    await page.evaluate(async () => {
      const sandboxes = (await (await fetch('/api/sandboxes')).json()) as { id: string }[];
      await Promise.all(sandboxes.map(({ id }) => fetch(`/api/sandboxes/${id}`, { method: 'DELETE' })));
    });
    return bytes;
  });
  return [
    { name: 'lab-page-scripts', value: Math.max(...scripts) / KB, unit: 'KB', limit: LIMIT_SCRIPT_KB },
    { name: 'lab-page-with-terminal', value: whole / KB, unit: 'KB', limit: LIMIT_WITH_TERMINAL_KB },
  ];
}

async function weigh(page: Page, url: string): Promise<number> {
  const received = await countReceived(page);
  await page.goto(url, { waitUntil: 'networkidle' });
  return received.scripts;
}

/** As they come over the wire: compressed, with their headers. */
async function countReceived(page: Page): Promise<{ readonly all: number; readonly scripts: number }> {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const received = { all: 0, scripts: 0 };
  const ofScripts = new Set<string>();
  client.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') ofScripts.add(requestId);
  });
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    received.all += encodedDataLength;
    if (ofScripts.has(requestId)) received.scripts += encodedDataLength;
  });
  return received;
}

async function withPage(work: (page: Page) => Promise<number>): Promise<number> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    return await work(await browser.newPage());
  } finally {
    await browser.close();
  }
}
