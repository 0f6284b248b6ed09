/** What a lab's page weighs as a browser receives it: its scripts before the terminal is opened, and all of it with one. */
import type { Figure } from './figures.ts';
import { countReceived, weighScripts, withPage } from './page-weight.ts';
import type { PodiumUnderTest } from './run.ts';

const LABS = ['first-steps', 'pods', 'deployments', 'container-principles'] as const;
const KB = 1024;
const LIMIT_SCRIPT_KB = 60;
const LIMIT_WITH_TERMINAL_KB = 400;
/** A cold start on a busy machine. */
const START_LIMIT_MS = 120_000;

export async function measureLabPage({ origin }: PodiumUnderTest): Promise<readonly Figure[]> {
  const scripts = await Promise.all(
    LABS.map((lab) => withPage((page) => weighScripts(page, `${origin}/en/labs/${lab}/`))),
  );
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
