/**
 * From the click on Start to the prompt, with the image present and nothing made ahead; against the least that anybody
 * could do by hand: one bare container of the same image, with namespace, account, role and policies of its own, made
 * and entered with kubectl. Both in turns, on the same cluster.
 */
import { randomBytes } from 'node:crypto';
import { Browser } from '../server/browser.ts';
import { createBarePod } from './bare-pod.ts';
import { type Figure, percentile } from './figures.ts';
import type { PodiumUnderTest } from './run.ts';

/** With twenty the 95th percentile is the worst but one. */
const ROUNDS = 20;
const WARM_UP_ROUNDS = 1;
/** Issue and design: cold, images present. */
const RATIO_LIMIT = 1.5;
/** How the image's prompt ends (OSC 133): the shell is ready for a command. */
const PROMPT = /\u001b\]133;B/;

interface Start {
  /** The server says that the sandbox runs: a shell has answered. */
  readonly runningMs: number;
  /** The prompt has come to the page. */
  readonly promptMs: number;
  end(): Promise<void>;
}

export async function measureStartCold({ origin, kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  const bare: number[] = [];
  const running: number[] = [];
  const prompt: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    const byHand = await createBarePod(kubeconfig, `bench-${randomBytes(4).toString('hex')}`, PROMPT);
    const byPodium = await startByClick(origin);
    await Promise.all([byHand.end(), byPodium.end()]);
    if (round < WARM_UP_ROUNDS) continue;
    bare.push(byHand.promptMs);
    running.push(byPodium.runningMs);
    prompt.push(byPodium.promptMs);
    process.stdout.write(
      `start-cold: round ${round} of ${ROUNDS}: bare ${byHand.promptMs.toFixed(0)} ms, ` +
        `Podium ${byPodium.promptMs.toFixed(0)} ms\n`,
    );
  }
  return [
    { name: 'start-cold bare-p50', value: percentile(bare, 0.5), unit: 'ms' },
    { name: 'start-cold bare-p95', value: percentile(bare, 0.95), unit: 'ms' },
    { name: 'start-cold running-p95', value: percentile(running, 0.95), unit: 'ms' },
    { name: 'start-cold prompt-p50', value: percentile(prompt, 0.5), unit: 'ms' },
    { name: 'start-cold prompt-p95', value: percentile(prompt, 0.95), unit: 'ms' },
    {
      name: 'start-cold prompt-p95-against-bare',
      value: percentile(prompt, 0.95) / percentile(bare, 0.95),
      unit: 'x',
      limit: RATIO_LIMIT,
    },
  ];
}

async function startByClick(origin: string): Promise<Start> {
  const browser = new Browser(origin);
  await browser.send('/api/status');
  const events = await browser.listen();
  const clicked = performance.now();
  const { id } = await browser.start();
  const isOver = await events.waitForSandbox((each) => each.id === id && ['running', 'failed'].includes(each.state));
  if (isOver.state === 'failed') throw new Error(`A start failed: ${isOver.code}`);
  const runningMs = performance.now() - clicked;
  const terminal = await browser.openTerminal(id);
  await terminal.waitForText(PROMPT);
  const promptMs = performance.now() - clicked;
  await terminal[Symbol.asyncDispose]();
  return {
    runningMs,
    promptMs,
    async end() {
      await browser.end(id);
      await events.waitForSandbox((each) => each.id === id && each.state === 'gone');
      await events[Symbol.asyncDispose]();
    },
  };
}
