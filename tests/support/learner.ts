/** A learner on a real cluster: a sandbox, one terminal in it, and commands that are typed there. */
import { randomBytes } from 'node:crypto';
import type { Driver, LabNeeds } from '../../sandbox-server/driver/driver.ts';
import { TerminalPlayer } from './terminal-player.ts';

/** A start on a busy machine, and the end of a namespace with a few pods. */
const SANDBOX_LIMIT_MS = 120_000;
/** A rollout on two busy processors. */
const COMMAND_LIMIT_MS = 150_000;
/** Wide enough that no line is folded: tests look for words in what is printed. */
const SIZE = { columns: 1000, rows: 200 };

export interface Answer {
  readonly status: number;
  /** Standard output and error, as on the screen. */
  readonly output: string;
}

export interface Learner extends AsyncDisposable {
  readonly id: string;
  readonly namespace: string;
  /** Types a line and Enter, and waits for the command to end. */
  type(line: string): Promise<Answer>;
  /** The same for what must succeed; throws with what was printed. */
  run(line: string): Promise<string>;
}

/** Starts a sandbox for somebody whom no other test knows, of a lab that may ask for more; disposing it ends the sandbox. */
export async function createLearner(driver: Driver, extras: Partial<LabNeeds> = {}): Promise<Learner> {
  await using resources = new AsyncDisposableStack();
  const ownerHash = randomBytes(16).toString('hex');
  const lab = { slug: 'first-steps', image: 'podium.dev/shell:1', lifeMinutes: 90, ...extras };
  const signal = AbortSignal.timeout(SANDBOX_LIMIT_MS);
  const { id, namespace } = await driver.start({ ownerHash, lab }, () => undefined, signal);
  resources.defer(() => driver.end(id, AbortSignal.timeout(SANDBOX_LIMIT_MS)));
  const terminal = resources.use(
    new TerminalPlayer({ attach: (order, onEvent) => driver.attach(id, order, onEvent, signal), size: SIZE }),
  );
  await terminal.connect();
  // What a prompt draws would stand among the answers.
  await terminal.run(
    "stty -echo; bind 'set enable-bracketed-paste off'; PROMPT_COMMAND= PS0= PS1=; echo quiet-$((40 + 2))",
    /quiet-42\r\n/,
  );
  let count = 0;

  async function type(line: string): Promise<Answer> {
    count += 1;
    const printed = await withinLimit(
      line,
      terminal.run(`${line}; echo "end-${count}-$?-"`, new RegExp(`end-${count}-(\\d+)-`)),
    );
    const [marker = '', status] = new RegExp(`end-${count}-(\\d+)-`).exec(printed) ?? [];
    return { status: Number(status), output: printed.slice(0, printed.indexOf(marker)).replaceAll('\r\n', '\n') };
  }

  const owned = resources.move();
  return {
    id,
    namespace,
    type,
    async run(line) {
      const { status, output } = await type(line);
      if (status !== 0) throw new Error(`"${line}" ended with ${status}: ${output}`);
      return output;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function withinLimit<T>(line: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`"${line}" has not ended after ${COMMAND_LIMIT_MS} ms`)),
      COMMAND_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
