/** Somebody with a browser, a sandbox at the running server, and shells in it, as a learner has them. */
import { randomBytes } from 'node:crypto';
import { Browser } from '../../server/browser.ts';
import { PageTerminal } from '../../support/page-terminal.ts';
import { composeScript } from './compose-script.ts';
import type { Values } from './attack.ts';

/** The longest waits for pods of its own on two busy processors. */
const SCRIPT_LIMIT_MS = 120_000;
const ERROR_CHARACTERS = 500;
/** Wide enough that no line is folded. */
const SIZE = { columns: 1000, rows: 200 };
/** While the shell still ends the script before, its terminal takes lines of at most 4095 octets, and drops the rest. */
const LINE = /.{1,1000}/g;
/** Without an echo or a prompt only what a script prints is read. */
const QUIET =
  "stty -echo; bind 'set enable-bracketed-paste off'; PROMPT_COMMAND= PS0= PS1= PS2=; echo quiet-$((40 + 2))";

export interface Player extends AsyncDisposable {
  readonly browser: Browser;
  readonly sandboxId: string;
  readonly namespace: string;
  /** Plays a script in a terminal, one after the other; gives what it prints. */
  play(script: string, values: Values): Promise<string>;
  /** The same sandbox with a terminal of its own. */
  openShell(): Promise<Player>;
}

/** Starts a sandbox for somebody new; disposing it orders its end. */
export async function createPlayer(siteOrigin: string): Promise<Player> {
  const browser = new Browser(siteOrigin);
  const { id, namespace } = await browser.startAndWait();
  return await openPlayer({ browser, sandboxId: id, namespace }, async () => {
    await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
  });
}

type Whose = Pick<Player, 'browser' | 'sandboxId' | 'namespace'>;

async function openPlayer(whose: Whose, end: () => Promise<void>): Promise<Player> {
  const terminal = `play-${randomBytes(4).toString('hex')}`;
  const page = await new PageTerminal({ ...whose, terminal, size: SIZE }).connected();
  await page.run(QUIET, /quiet-42\r\n/);
  let count = 0;
  let last: Promise<unknown> = Promise.resolve();
  const playNext = (script: string) => {
    count += 1;
    return playOne(page, count, script);
  };
  return {
    ...whose,
    play(script, values) {
      const played = last.then(() => playNext(composeScript(script, values)));
      last = played.catch(() => undefined);
      return played;
    },
    openShell: () => openPlayer(whose, () => Promise.resolve()),
    async [Symbol.asyncDispose]() {
      page[Symbol.dispose]();
      await end();
    },
  };
}

/** The script comes in as a file: whatever is wrong in it, the shell that plays it is whole. */
async function playOne(page: PageTerminal, count: number, script: string): Promise<string> {
  const file = `/tmp/attack-${randomBytes(4).toString('hex')}`;
  const coded = Buffer.from(script).toString('base64');
  const end = new RegExp(`end-${count}-\\d+-`);
  const isPlayed = () => end.test(page.text);
  await page.until(
    () => page.state === 'connected',
    () => 'a connection',
  );
  const lines = [
    `base64 -d >${file} <<'CODE'`,
    ...(coded.match(LINE) ?? []),
    'CODE',
    `echo begin-${count}-; bash ${file} </dev/null 2>&1; echo "end-${count}-$?-"; rm -f ${file}`,
  ];
  page.type(`${lines.join('\r')}\r`);
  await page.until(isPlayed, () => `the end of a script: ${page.text.slice(-ERROR_CHARACTERS)}`, SCRIPT_LIMIT_MS);
  const begin = `begin-${count}-\r\n`;
  const text = page.text.slice(page.text.lastIndexOf(begin) + begin.length).replaceAll('\r\n', '\n');
  return text.slice(0, text.search(end));
}
