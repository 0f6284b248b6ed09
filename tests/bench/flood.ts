/** `yes` for a minute in a browser that draws it, then ^C: how soon there is a prompt, and what has grown meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import type { PodiumTerminal } from '../../src/terminal/podium-terminal.ts';
import { type BrowserTab, openLabTab } from './browser-tab.ts';
import type { Figure } from './figures.ts';
import { findListener, readResidentBytes } from './processes.ts';
import type { PodiumUnderTest } from './run.ts';

const FLOOD_MS = 60_000;
/** Before the first measurement: compiled code, scrollback and heaps have their size after it. */
const WARM_UP_MS = 10_000;
const PROMPT_LIMIT_MS = 500;
const SERVER_GROWTH_LIMIT_MB = 5;
const TAB_GROWTH_LIMIT_MB = 30;
/** After ^C garbage is still to be collected, which idle time brings. */
const SETTLE_MS = 5_000;

export async function measureFlood({ origin }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using tab = await openLabTab(origin);
  const server = await findListener(Number(new URL(origin).port));
  const fresh = await measureMemory(tab, server);
  await flood(tab, WARM_UP_MS);
  const before = await measureMemory(tab, server);
  const promptMs = await flood(tab, FLOOD_MS);
  const after = await measureMemory(tab, server);
  const megabytes = (bytes: number) => bytes / 1e6;
  return [
    { name: 'flood prompt-after-interrupt', value: promptMs, unit: 'ms', limit: PROMPT_LIMIT_MS },
    { name: 'flood server-growth-of-warm-up', value: megabytes(before.server - fresh.server), unit: 'MB' },
    { name: 'flood tab-growth-of-warm-up', value: megabytes(before.tab - fresh.tab), unit: 'MB' },
    {
      name: 'flood server-growth',
      value: megabytes(after.server - before.server),
      unit: 'MB',
      limit: SERVER_GROWTH_LIMIT_MB,
    },
    { name: 'flood tab-growth', value: megabytes(after.tab - before.tab), unit: 'MB', limit: TAB_GROWTH_LIMIT_MB },
  ];
}

async function measureMemory(tab: BrowserTab, server: number): Promise<{ tab: number; server: number }> {
  await delay(SETTLE_MS);
  return { tab: await tab.residentBytes(), server: await readResidentBytes(server) };
}

/** From ^C to the prompt on the screen. */
async function flood({ page, typeLine }: BrowserTab, durationMs: number): Promise<number> {
  // A prompt that `yes` cannot look like, whatever the image's own is.
  await typeLine("PROMPT_COMMAND= PS0= PS1='done> '; clear; yes");
  await delay(durationMs);
  const pressed = performance.now();
  await page.keyboard.press('Control+c');
  await page.waitForFunction(
    () => document.querySelector<PodiumTerminal>('podium-terminal')?.screenText().endsWith('done>'),
    undefined,
    { polling: 'raf', timeout: FLOOD_MS },
  );
  return performance.now() - pressed;
}
