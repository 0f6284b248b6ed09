/** Somebody with a browser and a sandbox. */
import { Browser } from '../server/browser.ts';
import { PageTerminal, type PageTerminalOptions } from './page-terminal.ts';

export interface Person extends AsyncDisposable {
  readonly browser: Browser;
  readonly sandboxId: string;
  readonly namespace: string;
  /** A tab with a terminal, which has connected. */
  open(options?: Partial<PageTerminalOptions>): Promise<PageTerminal>;
}

/** Starts a sandbox for somebody new; disposing it closes the tabs and ends the sandbox. */
export async function createPerson(origin: string): Promise<Person> {
  const browser = new Browser(origin);
  const { id, namespace } = await browser.startAndWait();
  const open: PageTerminal[] = [];
  return {
    browser,
    sandboxId: id,
    namespace,
    async open(options) {
      const page = new PageTerminal({ browser, sandboxId: id, ...options });
      open.push(page);
      return await page.connected();
    },
    async [Symbol.asyncDispose]() {
      for (const page of open) page[Symbol.dispose]();
      await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
    },
  };
}
