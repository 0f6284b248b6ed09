/** What a learner waits for: from the click on Start to the prompt. */
import { setTimeout as delay } from 'node:timers/promises';
import { Browser } from '../server/browser.ts';

/** How the image's prompt ends (OSC 133): the shell is ready for a command. */
export const PROMPT = /\u001b\]133;B/;

export interface Start {
  /** The server says that the sandbox runs: a shell has answered. */
  readonly runningMs: number;
  /** The prompt has come to the page. */
  readonly promptMs: number;
  end(): Promise<void>;
}

/** A page that was closed without a shell comes again after about that; beyond the limit nobody waits any more. */
const RETRY_MS = 500;
const PROMPT_LIMIT_MS = 120_000;

/** Resolves with a terminal that shows its prompt. A node that is busy may not answer at the first time. */
async function openPrompt(browser: Browser, id: string): Promise<AsyncDisposable> {
  const deadline = performance.now() + PROMPT_LIMIT_MS;
  for (;;) {
    try {
      const terminal = await browser.openTerminal(id);
      await terminal.waitForText(PROMPT);
      return terminal;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(RETRY_MS);
    }
  }
}

/** Somebody new presses Start; resolves when the prompt is there. */
export async function startByClick(origin: string): Promise<Start> {
  const browser = new Browser(origin);
  await browser.send('/api/status');
  const events = await browser.listen();
  const clicked = performance.now();
  const { id } = await browser.start();
  const isOver = await events.waitForSandbox((each) => each.id === id && ['running', 'failed'].includes(each.state));
  if (isOver.state === 'failed') throw new Error(`A start failed: ${isOver.code}`);
  const runningMs = performance.now() - clicked;
  const terminal = await openPrompt(browser, id);
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
