/**
 * Somebody in the middle of chaos: does what a page and its human do, comes again when a connection breaks, and must
 * get an answer to everything within its limit, if only an error that the table has.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, errorTable, isErrorCode } from '../../sandbox-server/errors.ts';
import { refusal, type Sandbox, sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { Browser, type Reply, type RequestOptions } from '../server/browser.ts';
import { PageTerminal } from './page-terminal.ts';
import { PLAIN_IMAGE } from './plain-pods.ts';

/** A server gives up a start after 180 s; one that takes it over from another has waited a minute before that. */
const ANSWER_LIMIT_MS = 250_000;
/** A page comes again about that often. */
const RETRY_MS = 500;
/** A person may make 120 requests a minute, and presses no button twice a second. */
const PRESS_AGAIN_MS = 2000;
/** The server answers at once, or it is not there. */
const REPLY_LIMIT_MS = 20_000;
/** A terminal that has not answered by then is opened again, as by a reload. */
const TERMINAL_LIMIT_MS = 20_000;

export type Answer = 'running' | ErrorCode;
type Seen = Pick<Sandbox, 'state' | 'code'>;

/** What a server says that knows nothing of it, as of one that has gone. */
const unknown: Seen = { state: 'gone' };

export class ChaosLearner {
  readonly name: string;
  readonly #browser: Browser;
  readonly #origins: readonly string[];
  #visits = 0;
  /** Known from the first start on; always the same, for it is made of person and lab. */
  #id: string | undefined;

  /** Goes to the next of these servers when one does not answer. */
  constructor(name: string, origins: readonly string[]) {
    this.name = name;
    this.#origins = origins;
    this.#browser = new Browser(origins[0] ?? '');
  }

  get sandboxId(): string | undefined {
    return this.#id;
  }

  /** Presses Start, again where nothing is left of it. Throws when no answer comes, or none that the table has. */
  async start(): Promise<Answer> {
    const deadline = Date.now() + ANSWER_LIMIT_MS;
    const order = { method: 'POST', body: JSON.stringify({ lab: 'first-steps' }) };
    for (;;) {
      const reply = await this.#ask('/api/sandboxes', deadline, order);
      if (reply.status !== 202) return decodeCode(reply);
      this.#id = sandbox.parse(reply.json).id;
      const { state, code } = await this.#await(['running', 'failed', 'gone'], deadline);
      if (state === 'running') return 'running';
      if (state === 'failed') return requireCode(code);
    }
  }

  /** Presses Start until a shell answers: when nothing dies any more, everybody gets one. */
  async startForSure(): Promise<void> {
    const deadline = Date.now() + ANSWER_LIMIT_MS;
    for (;;) {
      const answer = await this.start();
      if (answer === 'running' && (await this.use())) return;
      const isFinal = answer !== 'running' && !errorTable[answer].retryable;
      if (isFinal || Date.now() > deadline) throw new Error(`${this.name} gets no sandbox: ${answer}.`);
      await delay(PRESS_AGAIN_MS);
    }
  }

  /** Types a command until it answers; false when there is no sandbox, or no longer. Throws where the home is another's. */
  async use(): Promise<boolean> {
    const mark = `echo "owner-$(cat ~/owner 2>/dev/null)-answer-$((40 + 2))-"; echo ${this.name} > ~/owner`;
    const answer = await this.#type(mark, /owner-(\w*)-answer-42-/);
    const owner = answer?.[1] ?? '';
    if (owner !== '' && owner !== this.name) throw new Error(`${this.name} has a home that ${owner} had before.`);
    return answer !== undefined;
  }

  /** Makes a pod with a volume, if the cluster lets them just now. */
  async make(): Promise<void> {
    await this.#type(`kubectl create -f - <<< '${JSON.stringify(work)}'; echo "made-$((40 + 2))"`, /made-42/);
  }

  /** Presses End until it is gone. */
  async end(): Promise<void> {
    const deadline = Date.now() + ANSWER_LIMIT_MS;
    while (this.#id !== undefined) {
      const reply = await this.#ask(`/api/sandboxes/${this.#id}`, deadline, { method: 'DELETE' });
      // An order that a server took with it when it was killed is given again.
      const now = decodeSeen(reply);
      if (now === unknown) return;
      const { state } = now ? await this.#await(['gone', 'running'], deadline) : { state: undefined };
      if (state === 'gone') return;
      if (Date.now() > deadline) throw new Error(`${this.name} cannot end their sandbox: ${reply.text}`);
      await delay(PRESS_AGAIN_MS);
    }
  }

  /** Undefined when there is no running sandbox to type in. */
  async #type(line: string, answer: RegExp): Promise<RegExpExecArray | undefined> {
    const deadline = Date.now() + ANSWER_LIMIT_MS;
    for (;;) {
      const { state } = this.#id === undefined ? unknown : await this.#await(undefined, deadline);
      if (state !== 'running') return undefined;
      try {
        using page = this.#openPage();
        const typed = page.connected().then(() => page.run(line, answer));
        return await within(typed, TERMINAL_LIMIT_MS);
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`${this.name} types, and nothing comes.`, { cause: error });
        await delay(RETRY_MS);
      }
    }
  }

  #openPage(): PageTerminal {
    return new PageTerminal({ browser: this.#browser, sandboxId: this.#id ?? '', client: `page-of-${this.name}` });
  }

  /** Waits by events for one of these states, or for any, at whichever server lives. */
  async #await(states: readonly string[] | undefined, deadline: number): Promise<Seen> {
    const isWanted = ({ state }: Seen) => states?.includes(state) ?? true;
    let last: unknown;
    while (Date.now() < deadline) {
      try {
        await using events = await this.#browser.listen();
        const reply = await this.#ask(`/api/sandboxes/${this.#id}`, deadline);
        const now = decodeSeen(reply);
        if (now && isWanted(now)) return now;
        last = reply.text;
        if (now) {
          const change = events.waitForSandbox((each) => each.id === this.#id && isWanted(each));
          return await within(change, deadline - Date.now());
        }
      } catch (error) {
        last = error;
      }
      await this.#goElsewhere();
    }
    throw new Error(`${this.name} waits for ${states?.join(' or ')}, without an answer.`, { cause: last });
  }

  /** Asks the servers in turn until one answers, be it with a refusal. */
  async #ask(path: string, deadline: number, options?: RequestOptions): Promise<Reply> {
    for (;;) {
      try {
        return await within(this.#browser.send(path, options), REPLY_LIMIT_MS);
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`${this.name} reaches no server.`, { cause: error });
      }
      await this.#goElsewhere();
    }
  }

  async #goElsewhere(): Promise<void> {
    this.#visits += 1;
    this.#browser.origin = this.#origins[this.#visits % this.#origins.length] ?? this.#browser.origin;
    await delay(RETRY_MS);
  }
}

/** Undefined where the server cannot say just now. */
function decodeSeen(reply: Reply): Seen | undefined {
  if (reply.status === 200 || reply.status === 202) return sandbox.parse(reply.json);
  return decodeCode(reply) === 'sandbox_unknown' ? unknown : undefined;
}

function decodeCode({ json }: Reply): ErrorCode {
  return requireCode(refusal.parse(json).code);
}

function requireCode(code = 'none'): ErrorCode {
  if (isErrorCode(code)) return code;
  throw new Error(`The answer is an error that the table does not have: ${code}.`);
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`Not within ${limitMs} ms.`)), Math.max(0, limitMs));
  return Promise.race([work, limit.promise]).finally(() => clearTimeout(timer));
}

/** Something that runs, something that is mounted, and a folder on the node's disk. */
const work = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'work' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'work' },
      spec: {
        containers: [
          {
            name: 'work',
            image: PLAIN_IMAGE,
            command: ['sleep', '3600'],
            volumeMounts: [{ name: 'work', mountPath: '/work' }],
          },
        ],
        volumes: [{ name: 'work', persistentVolumeClaim: { claimName: 'work' } }],
      },
    },
  ],
};
