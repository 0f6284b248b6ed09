/** A lab's page as a learner sees and uses it, by words and roles rather than by classes. */
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import type { PodiumTerminal } from '../../src/terminal/podium-terminal.ts';
import { startLocalPodium, type LocalPodium } from './local-podium.ts';

export { expect };

/** Tests with a server of their own; one a file is enough, since every page has a person of its own. */
export const test = base.extend<object, { localPodium: LocalPodium }>({
  localPodium: [
    // Playwright reads the fixtures that are needed from the pattern, also when there are none.
    async ({}, use) => {
      await using podium = await startLocalPodium({ driver: 'local' });
      await use(podium);
    },
    { scope: 'worker' },
  ],
});

/** A start on a machine that does everything at once; what a learner waits for is measured by the benchmark. */
const START_LIMIT_MS = 60_000;

const words = {
  en: { start: 'Start', stop: 'Stop', stopYes: 'Stop and delete', check: 'Check', run: /^Run/, next: 'Next' },
  fr: {
    start: 'Démarrer',
    stop: 'Arrêter',
    stopYes: 'Arrêter et supprimer',
    check: 'Vérifier',
    run: /^Exécuter/,
    next: 'Suivant',
  },
} as const;

export class LabPage {
  readonly page: Page;
  readonly terminal: Locator;
  readonly step: Locator;
  readonly check: Locator;
  readonly announcer: Locator;
  readonly #words: (typeof words)['en'] | (typeof words)['fr'];
  readonly #language: 'en' | 'fr';

  constructor(page: Page, language: 'en' | 'fr' = 'en') {
    this.page = page;
    this.#language = language;
    this.#words = words[language];
    this.terminal = page.locator('podium-terminal');
    this.step = page.locator('.lab-step').filter({ visible: true });
    this.check = this.step.locator('[data-check]');
    this.announcer = page.locator('[data-announcer]');
  }

  async open(url: string, hash = '', lab = 'first-steps'): Promise<void> {
    await this.page.goto(`${url}/${this.#language}/labs/${lab}/${hash}`);
  }

  button(name: 'start' | 'stop' | 'stopYes' | 'check'): Locator {
    return this.page.getByRole('button', { name: this.#words[name], exact: true }).filter({ visible: true });
  }

  get next(): Locator {
    return this.page.getByRole('link', { name: this.#words.next, exact: true });
  }

  /** The Run button of the n-th runnable block of the step, from 1. */
  run(index: number): Locator {
    return this.step.getByRole('button', { name: this.#words.run }).nth(index - 1);
  }

  async start(): Promise<void> {
    await this.button('start').click();
    await this.connected();
  }

  async connected(): Promise<void> {
    await expect(this.terminal).toHaveAttribute('data-connection', 'connected', { timeout: START_LIMIT_MS });
  }

  async stop(): Promise<void> {
    await this.button('stop').click();
    await this.button('stopYes').click();
  }

  async type(command: string): Promise<void> {
    await this.page.keyboard.type(`${command}\n`);
  }

  /** What is on the screen now, from xterm's own buffer; broken lines are joined, so that a width does not matter. */
  async screen(): Promise<string> {
    return this.terminal.evaluate((terminal) => (terminal as PodiumTerminal).screenText());
  }

  async sees(text: string | RegExp): Promise<void> {
    const whole = async (): Promise<string> => (await this.screen()).replaceAll('\n', ' ');
    if (typeof text === 'string') await expect.poll(whole).toContain(text);
    else await expect.poll(whole).toMatch(text);
  }

  get hasTerminalFocus(): Promise<boolean> {
    return this.page.evaluate(() => document.activeElement?.matches('.xterm-helper-textarea') ?? false);
  }
}
