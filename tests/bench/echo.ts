/**
 * From a key to its echo: through the server's WebSocket and the agent, against a WebSocket straight to the API server's
 * exec, and against other web terminals that run `kubectl exec -it`. All end in a bash of the same container and take turns,
 * so that what else the machine does meets all alike.
 */
import { SHELL_CONTAINER, SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { Browser, type RunningSandbox } from '../server/browser.ts';
import { shellPodOf } from '../support/place-names.ts';
import { makeBareWire } from './bare-wire.ts';
import { type Figure, median, percentile } from './figures.ts';
import { measureKeys } from './keys.ts';
import { findKubectl } from './kubectl.ts';
import { gotty } from './peers/gotty.ts';
import { ttyd } from './peers/ttyd.ts';
import { wetty } from './peers/wetty.ts';
import { makePodiumWire } from './podium-wire.ts';
import type { PodiumUnderTest } from './run.ts';
import { type Line, openLine, type WireFormat } from './wire.ts';

const ROUNDS = 5;
const KEYS = 2_000;
/** Until code is compiled and sockets are warm. */
const WARM_UP_KEYS = 500;
const P50_RATIO_LIMIT = 1.75;
const P99_RATIO_LIMIT = 2;
/** Ahead of the others means: no later than they. */
const PEER_RATIO_LIMIT = 1;

/** By name, one list of times a round. */
type Rounds = ReadonlyMap<string, readonly (readonly number[])[]>;

export async function measureEcho(podium: PodiumUnderTest): Promise<readonly Figure[]> {
  const browser = new Browser(podium.origin);
  const sandbox = await browser.startAndWait();
  try {
    const rounds = await measureRounds(podium, browser, sandbox);
    return [...compareWithBare(rounds), ...compareWithPeers(rounds)];
  } finally {
    await browser.end(sandbox.id);
  }
}

async function measureRounds(
  { origin, kubeconfig }: PodiumUnderTest,
  browser: Browser,
  { id, namespace }: RunningSandbox,
): Promise<Rounds> {
  await using resources = new AsyncDisposableStack();
  const lines = new Map<string, Line>();
  const add = async (name: string, wire: WireFormat) => lines.set(name, resources.use(await openLine(wire)));
  await add('bare', await makeBareWire(kubeconfig, namespace));
  const ticket = await browser.ticket(id);
  await add('podium', makePodiumWire({ origin, cookie: browser.cookie ?? '', ticket, terminal: '1' }));
  const kubectl = [await findKubectl(), '--kubeconfig', kubeconfig, 'exec', '-it', '-n', SHELL_NAMESPACE];
  const command = [...kubectl, shellPodOf(namespace), '-c', SHELL_CONTAINER, '--', '/bin/bash', '-l'];
  for (const { name, start } of [gotty, wetty, ttyd]) {
    const server = await start(command);
    if (server === undefined) process.stdout.write(`echo: ${name} is not on this machine\n`);
    else await add(name, resources.use(server).wire);
  }
  const rounds = new Map([...lines.keys()].map((name) => [name, [] as number[][]]));
  for (const line of lines.values()) await measureKeys(line, WARM_UP_KEYS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, line] of lines) rounds.get(name)?.push(await measureKeys(line, KEYS));
  }
  return rounds;
}

function ofRounds(rounds: Rounds, name: string, share: number): number {
  return median((rounds.get(name) ?? []).map((times) => percentile(times, share)));
}

function compareWithBare(rounds: Rounds): readonly Figure[] {
  return [
    { share: 0.5, label: 'p50', limit: P50_RATIO_LIMIT },
    { share: 0.99, label: 'p99', limit: P99_RATIO_LIMIT },
  ].flatMap(({ share, label, limit }) => {
    const bare = ofRounds(rounds, 'bare', share);
    const podium = ofRounds(rounds, 'podium', share);
    return [
      { name: `echo bare-${label}`, value: bare, unit: 'ms' },
      { name: `echo podium-${label}`, value: podium, unit: 'ms' },
      { name: `echo ${label}-against-bare`, value: podium / bare, unit: 'x', limit },
    ];
  });
}

function compareWithPeers(rounds: Rounds): readonly Figure[] {
  const peers = [...rounds.keys()].filter((name) => name !== 'bare' && name !== 'podium');
  return peers.flatMap((name) =>
    [
      { share: 0.5, label: 'p50' },
      { share: 0.99, label: 'p99' },
    ].flatMap(({ share, label }) => {
      const peer = ofRounds(rounds, name, share);
      const value = ofRounds(rounds, 'podium', share) / peer;
      return [
        { name: `echo ${name}-${label}`, value: peer, unit: 'ms' },
        { name: `echo ${label}-against-${name}`, value, unit: 'x', limit: PEER_RATIO_LIMIT },
      ];
    }),
  );
}
