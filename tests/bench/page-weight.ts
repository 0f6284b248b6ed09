/** What a page weighs as a browser receives it: compressed, with its headers. */
import { chromium, type Page } from '@playwright/test';

export async function withPage(work: (page: Page) => Promise<number>): Promise<number> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    return await work(await browser.newPage());
  } finally {
    await browser.close();
  }
}

/** Bytes of the scripts that the page at `url` asks for by itself. */
export async function weighScripts(page: Page, url: string): Promise<number> {
  const received = await countReceived(page);
  await page.goto(url, { waitUntil: 'networkidle' });
  return received.scripts;
}

/** Counts from now on; the counts go on as long as the page does. */
export async function countReceived(page: Page): Promise<{ readonly all: number; readonly scripts: number }> {
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
