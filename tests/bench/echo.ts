/**
 * From a key to its echo: through the server's WebSocket and the driver, against a WebSocket straight to the API server's
 * exec. Both end in a bash of the same pod, and take turns, so that what else the machine does meets both alike.
 */
import { WebSocket } from 'ws';
import { loadCredentials } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import {
  channel,
  EXEC_SUBPROTOCOL,
  makeExecPath,
  makeInput,
} from '../../sandbox-server/driver/kubernetes/exec-protocol.ts';
import { SHELL_CONTAINER, SHELL_NAMESPACE, shellName } from '../../sandbox-server/driver/kubernetes/names.ts';
import { FRAME_HEADER_BYTES, frameType, SUBPROTOCOL } from '../../sandbox-server/protocol/frames.ts';
import { Browser } from '../server/browser.ts';
import { type Figure, median, percentile } from './figures.ts';
import type { PodiumUnderTest } from './run.ts';

const ROUNDS = 5;
const KEYS = 2_000;
/** Until code is compiled and sockets are warm. */
const WARM_UP_KEYS = 500;
const P50_RATIO_LIMIT = 1.75;
const P99_RATIO_LIMIT = 2;
/** A letter, then the key that takes it away again: the line stays short, and so does its drawing. */
const KEY_PAIR = ['x', '\u007f'] as const;
/** As the page does: the server holds back what is far ahead of it. */
const ACK_EVERY_BYTES = 16 * 1024;
/** How long nothing must come before the prompt counts as drawn. */
const QUIET_MS = 300;

interface Line extends Disposable {
  send(key: string): void;
  /** Called at each piece of output. */
  onOutput: () => void;
}

export async function measureEcho({ origin, kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  const browser = new Browser(origin);
  const { id } = await browser.startAndWait();
  try {
    using bare = await openBare(kubeconfig, id);
    using podium = await openPodium(browser, id);
    for (const line of [bare, podium]) await measureKeys(line, WARM_UP_KEYS);
    const rounds: { bare: number[]; podium: number[] }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ bare: await measureKeys(bare, KEYS), podium: await measureKeys(podium, KEYS) });
    }
    return makeFigures(rounds);
  } finally {
    await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
  }
}

function makeFigures(rounds: readonly { bare: number[]; podium: number[] }[]): readonly Figure[] {
  const ofRounds = (which: 'bare' | 'podium', share: number) =>
    median(rounds.map((round) => percentile(round[which], share)));
  return [
    { share: 0.5, label: 'p50', limit: P50_RATIO_LIMIT },
    { share: 0.99, label: 'p99', limit: P99_RATIO_LIMIT },
  ].flatMap(({ share, label, limit }) => {
    const bare = ofRounds('bare', share);
    const podium = ofRounds('podium', share);
    return [
      { name: `echo bare-${label}`, value: bare, unit: 'ms' },
      { name: `echo podium-${label}`, value: podium, unit: 'ms' },
      { name: `echo ${label}-against-bare`, value: podium / bare, unit: 'x', limit },
    ];
  });
}

/** One key after the other, each sent when the one before has come back. */
async function measureKeys(line: Line, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const echoed = new Promise<void>((resolve) => (line.onOutput = resolve));
    const pressed = performance.now();
    line.send(KEY_PAIR[index % 2 === 0 ? 0 : 1]);
    await echoed;
    times.push(performance.now() - pressed);
  }
  return times;
}

async function openBare(kubeconfig: string, id: string): Promise<Line> {
  const { server, tls, headers } = await loadCredentials(kubeconfig);
  const path = makeExecPath({
    namespace: SHELL_NAMESPACE,
    pod: shellName(id),
    container: SHELL_CONTAINER,
    command: ['/bin/bash', '-l'],
    hasTerminal: true,
  });
  const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, EXEC_SUBPROTOCOL, {
    ...tls,
    headers: { ...headers },
    perMessageDeflate: false,
  });
  const line: Line = {
    send: (key) => socket.send(makeInput(Buffer.from(key))),
    onOutput: () => undefined,
    [Symbol.dispose]: () => socket.terminate(),
  };
  socket.on('message', (frame: Buffer) => {
    if (frame[0] === channel.output && frame.byteLength > 1) line.onOutput();
  });
  await untilQuiet(socket, line);
  return line;
}

async function openPodium(browser: Browser, id: string): Promise<Line> {
  const url = `${browser.origin.replace('http', 'ws')}/api/terminal?ticket=${await browser.ticket(id)}`;
  const socket = new WebSocket(url, SUBPROTOCOL, {
    headers: { origin: browser.origin, cookie: browser.cookie ?? '' },
    perMessageDeflate: false,
  });
  let sequence = 0;
  let received = 0;
  let acknowledged = 0;
  const line: Line = {
    send(key) {
      const bytes = Buffer.from(key);
      const frame = Buffer.alloc(FRAME_HEADER_BYTES + bytes.byteLength);
      frame[0] = frameType.input;
      frame.writeBigUInt64BE(BigInt((sequence += 1)), 1);
      bytes.copy(frame, FRAME_HEADER_BYTES);
      socket.send(frame);
    },
    onOutput: () => undefined,
    [Symbol.dispose]: () => socket.terminate(),
  };
  socket.on('message', (frame: Buffer, isBinary: boolean) => {
    if (!isBinary) return;
    received += frame.byteLength - FRAME_HEADER_BYTES;
    line.onOutput();
    if (received - acknowledged < ACK_EVERY_BYTES) return;
    acknowledged = received;
    socket.send(JSON.stringify({ type: 'ack', offset: received }));
  });
  socket.once('open', () => socket.send(JSON.stringify({ type: 'open', columns: 80, rows: 24 })));
  await untilQuiet(socket, line);
  return line;
}

/** Resolves when the prompt is there: something came, and then nothing for a while. */
function untilQuiet(socket: WebSocket, line: Line): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    line.onOutput = () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, QUIET_MS);
    };
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`The line was closed with ${code}.`)));
  });
}
