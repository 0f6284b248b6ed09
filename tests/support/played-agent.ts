/** An agent that says what a test lets it say, honest or not, and the connections of a server to it. */
import { PassThrough } from 'node:stream';
import pino from 'pino';
import type { AgentStream } from '../../sandbox-server/driver/kubernetes/agent-connection.ts';
import { createAgentConnections } from '../../sandbox-server/driver/kubernetes/agent-connections.ts';
import {
  type AgentFrame,
  createFrameDecoder,
  encodeAgentFrame,
} from '../../sandbox-server/driver/kubernetes/agent-frames.ts';
import type { AttachOrder, TerminalEvent } from '../../sandbox-server/driver/driver.ts';
import { frameType } from '../../sandbox-server/protocol/frames.ts';
import { ManualClock } from './manual-clock.ts';

export const order: AttachOrder = {
  terminal: '1',
  client: 'client-one',
  device: 'a laptop',
  wish: 'write',
  size: { columns: 80, rows: 24 },
  isFresh: false,
};
export const opened = {
  type: 'opened',
  epoch: 'e',
  isNew: true,
  offset: 0,
  liveOffset: 0,
  lostBytes: 0,
  inputSequence: 0,
  role: 'writer',
  writer: null,
  columns: 80,
  rows: 24,
} as const;
export const never = new AbortController().signal;
export const empty = new Uint8Array();
/** Of the names that a sandbox has after its first shell. */
const someTerminals = ['0'];

/** An agent at the other end of a stream; the test plays it. */
export class PlayedAgent {
  readonly #out = new PassThrough();
  readonly heard: AgentFrame[] = [];
  isClosed = false;
  unsentBytes = 0;
  readonly stream: AgentStream;

  constructor() {
    const decoder = createFrameDecoder((frame) => {
      this.heard.push({ ...frame, body: Uint8Array.from(frame.body) });
      return true;
    });
    const isFull = () => this.unsentBytes;
    this.stream = {
      output: this.#out,
      write: (bytes) => {
        decoder.push(bytes);
        return Promise.resolve();
      },
      get unsentBytes() {
        return isFull();
      },
      [Symbol.dispose]: () => {
        this.isClosed = true;
        this.#out.end();
      },
    };
  }

  say(message: object, channel = 0): void {
    this.send({ channel, type: 0, number: 0, body: Buffer.from(JSON.stringify(message)) });
  }

  send(frame: AgentFrame): void {
    this.#out.write(encodeAgentFrame(frame));
  }

  write(octets: Uint8Array): void {
    this.#out.write(octets);
  }

  end(): void {
    this.#out.end();
  }

  greet(terminals: readonly string[] = someTerminals, instance = 'first'): void {
    this.say({ type: 'hello', version: 1, instance, terminals });
  }

  messages(): Record<string, unknown>[] {
    const control = this.heard.filter(({ type }) => type === 0);
    return control.map(({ body }) => JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>);
  }
}

export interface Bench {
  readonly clock: ManualClock;
  readonly agents: PlayedAgent[];
  readonly events: TerminalEvent[];
  readonly onEvent: (event: TerminalEvent) => void;
  readonly connections: ReturnType<typeof createAgentConnections>;
  readonly asked: boolean[];
}

export function setUp(
  restart?: string,
  greeting: (agent: PlayedAgent, count: number) => void = (agent) => agent.greet(),
): Bench {
  const clock = new ManualClock();
  const agents: PlayedAgent[] = [];
  const events: TerminalEvent[] = [];
  const asked: boolean[] = [];
  const connections = createAgentConnections({
    clock,
    log: pino({ level: 'silent' }),
    findRestart: (_id, isExpected) => {
      asked.push(isExpected);
      return Promise.resolve(restart);
    },
    openStream: () => {
      const agent = new PlayedAgent();
      agents.push(agent);
      greeting(agent, agents.length);
      return Promise.resolve(agent.stream);
    },
  });
  return { clock, agents, events, asked, connections, onEvent: (event) => events.push(event) };
}

/** Lets all that is written be read. */
export const settle = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
};

/** One attachment that is opened, and its agent. */
export async function setUpOpened(bench = setUp()) {
  const attachment = await bench.connections.attach('a', order, bench.onEvent, never);
  const agent = bench.agents[0] as PlayedAgent;
  agent.say(opened, 1);
  await settle();
  return { ...bench, attachment, agent };
}

export const types = (events: readonly TerminalEvent[]) => events.map(({ type }) => type);
export const output = (number: number, size: number, channel = 1): AgentFrame => ({
  channel,
  type: frameType.output,
  number,
  body: new Uint8Array(size),
});
