/** What Lighthouse thinks of a page of each kind, as a phone on a slow network would have it. */
import { chromium } from '@playwright/test';
import lighthouse from 'lighthouse';
import { type Figure, median } from './figures.ts';
import type { PodiumUnderTest } from './run.ts';

const PAGES = {
  home: '/en/',
  'list-of-labs': '/en/labs/',
  lab: '/en/labs/first-steps/',
  'list-of-decks': '/en/decks/',
  deck: '/en/decks/welcome/',
  docs: '/en/docs/start/',
} as const;
/** Of 100. */
const LEAST_POINTS = 95;
/** The score of the speed varies with what else the machine does. */
const RUNS = 3;
const DEBUGGING_PORT = 9333;

export async function measureLighthouse({ origin }: PodiumUnderTest): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [kind, path] of Object.entries(PAGES)) {
    const points = new Map<string, number[]>();
    for (let run = 0; run < RUNS; run += 1) {
      for (const [category, value] of await judge(`${origin}${path}`)) {
        points.set(category, [...(points.get(category) ?? []), value]);
      }
    }
    for (const [category, values] of points) {
      const name = `lighthouse-${kind}-${category}`;
      figures.push({ name, value: median(values), unit: 'points', limit: LEAST_POINTS, isLeast: true });
    }
  }
  return figures;
}

/** Points by category. Each run has a browser of its own, with nothing in its cache. */
async function judge(url: string): Promise<readonly (readonly [string, number])[]> {
  const args = ['--no-sandbox', `--remote-debugging-port=${DEBUGGING_PORT}`];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  try {
    const result = await lighthouse(url, {
      port: DEBUGGING_PORT,
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'],
    });
    if (!result) throw new Error(`Lighthouse has not judged ${url}.`);
    return Object.values(result.lhr.categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)] as const);
  } finally {
    await browser.close();
  }
}
