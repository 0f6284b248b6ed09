/**
 * `cat` of 100 MB of text to a browser that draws it, through Podium and through GoTTY with `kubectl exec -it`, in turns,
 * into the same container. The shell itself says how long it took: its last line asks the terminal for the cursor's place,
 * and xterm.js answers that when all before it is on the screen. Processor time is that of everything that runs outside the
 * cluster: Podium's server; GoTTY and its kubectl.
 */
import { SHELL_CONTAINER, SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { shellPodOf } from '../support/place-names.ts';
import { runInShell } from '../support/shell-exec.ts';
import { type BrowserTab, openLabTab, openTab } from './browser-tab.ts';
import { type Figure, median } from './figures.ts';
import { findKubectl } from './kubectl.ts';
import { gotty } from './peers/gotty.ts';
import { findListener, readCpuMs } from './processes.ts';
import type { PodiumUnderTest } from './run.ts';

const BYTES = 100_000_000;
const ROUNDS = 3;
/** At least as fast as GoTTY. */
const SPEED_RATIO_LIMIT = 1;
const CPU_RATIO_LIMIT = 1.5;
/** A browser that draws a megabyte a second would be far below every limit. */
const ROUND_LIMIT_SECONDS = 300;

interface Run {
  readonly megabytesPerSecond: number;
  readonly cpuMsPerMegabyte: number;
}

export async function measureThroughput({ origin, kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using podium = await openLabTab(origin);
  const exec = (line: string) => runInShell(kubeconfig, podium.namespace, line);
  await exec(`base64 /dev/urandom | head -c ${BYTES} > ~/text`);
  const kubectl = [await findKubectl(), '--kubeconfig', kubeconfig, 'exec', '-it', '-n', SHELL_NAMESPACE];
  const command = [...kubectl, shellPodOf(podium.namespace), '-c', SHELL_CONTAINER, '--', '/bin/bash', '-l'];
  await using server = await gotty.start(command);
  if (server === undefined) throw new Error('GoTTY is always built.');
  // As large as the terminal in our page, so that both draw the same lines.
  const box = await podium.page.locator('podium-terminal .xterm-screen').boundingBox();
  const viewport = box === null ? undefined : { width: Math.round(box.width), height: Math.round(box.height) };
  await using peer = await openTab(server.url, viewport);
  const podiumPid = await findListener(Number(new URL(origin).port));
  const runs: { podium: Run[]; gotty: Run[] } = { podium: [], gotty: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    runs.podium.push(await measureRun(podium, podiumPid, exec));
    runs.gotty.push(await measureRun(peer, server.pid, exec));
  }
  return makeFigures(runs.podium, runs.gotty);
}

async function measureRun(tab: BrowserTab, pid: number, exec: (line: string) => Promise<string>): Promise<Run> {
  await exec('rm -f ~/took');
  await tab.page.bringToFront();
  const cpuBefore = await readCpuMs(pid);
  await tab.typeLine(
    "begun=$(date +%s%N); cat ~/text; printf '\\e[6n'; IFS= read -rs -d R; echo $(($(date +%s%N) - begun)) > ~/took",
  );
  const waitForIt = `for _ in $(seq ${ROUND_LIMIT_SECONDS}); do [ -s ~/took ] && break; sleep 1; done; cat ~/took`;
  const seconds = Number(await exec(waitForIt)) / 1e9;
  const cpuMs = (await readCpuMs(pid)) - cpuBefore;
  const megabytes = BYTES / 1e6;
  return { megabytesPerSecond: megabytes / seconds, cpuMsPerMegabyte: cpuMs / megabytes };
}

function makeFigures(podium: readonly Run[], peer: readonly Run[]): readonly Figure[] {
  const speed = (runs: readonly Run[]) => median(runs.map((run) => run.megabytesPerSecond));
  const cpu = (runs: readonly Run[]) => median(runs.map((run) => run.cpuMsPerMegabyte));
  return [
    { name: 'throughput podium', value: speed(podium), unit: 'MB/s' },
    { name: 'throughput gotty', value: speed(peer), unit: 'MB/s' },
    {
      name: 'throughput gotty-against-podium',
      value: speed(peer) / speed(podium),
      unit: 'x',
      limit: SPEED_RATIO_LIMIT,
    },
    { name: 'throughput podium-server-cpu', value: cpu(podium), unit: 'ms/MB' },
    { name: 'throughput gotty-server-cpu', value: cpu(peer), unit: 'ms/MB' },
    {
      name: 'throughput server-cpu-against-gotty',
      value: cpu(podium) / cpu(peer),
      unit: 'x',
      limit: CPU_RATIO_LIMIT,
    },
  ];
}
