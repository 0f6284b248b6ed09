/** `npm start`: site and server at once, the cluster behind them as soon as it is there. Ends cleanly on Ctrl-C. */
import { join } from 'node:path';
import { cacheDirectory, dataDirectory } from './directories.ts';
import { type ClusterProcess, createClusterProcess } from './cluster-process.ts';
import { createKeptServer, type KeptServer } from './kept-server.ts';
import { pickDriver, type PickedDriver } from './pick-driver.ts';
import { makeClusterProgress, makeConsoleLine } from './progress.ts';
import { buildSiteIfStale } from './site-build.ts';
import { decodeStartOptions, START_USAGE, type StartOptions } from './start-options.ts';

const root = join(import.meta.dirname, '..', '..');

function say(line: string): void {
  process.stdout.write(`podium: ${line}\n`);
}

/** What an operator may set here too; all else follows from the options. */
const passedOnNames = [
  'PODIUM_ALLOW_UNPROVED_ISOLATION',
  'PODIUM_DATABASE_URL',
  'PODIUM_IDLE_MINUTES',
  'PODIUM_KEPT_HOMES_MIB',
  'PODIUM_LOG_LEVEL',
  'PODIUM_PUBLIC_URL',
  'PODIUM_RESERVATIONS',
  'PODIUM_RUNTIME_CLASS',
  'PODIUM_SANDBOX_LIMIT',
  'PODIUM_POOL_FLOOR',
  'PODIUM_POOL_CEILING',
  'PODIUM_POOL_SCHEDULE',
];

function serverEnvironment(options: StartOptions, picked: PickedDriver): Record<string, string> {
  const passedOn = passedOnNames.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passedOn),
    PODIUM_HOST: options.host,
    PODIUM_PORT: String(options.port),
    PODIUM_DRIVER: picked.driver,
    ...(picked.reasonCode && { PODIUM_DRIVER_REASON: picked.reasonCode }),
    ...(options.listenUnprotected && { PODIUM_LISTEN_UNPROTECTED: 'true' }),
  };
}

/** Resolves when the cluster is ready for learners; without one the site goes on, without labs, and says so. */
async function bringClusterUp(
  options: StartOptions,
  server: KeptServer,
  signal: AbortSignal,
): Promise<ClusterProcess | undefined> {
  try {
    const cluster = await createClusterProcess({
      root,
      name: options.name,
      cacheDir: cacheDirectory(process.env),
      keepRunning: options.keepCluster,
      // The server finds a mistake in it first, and does not start then.
      runtimeClass: process.env['PODIUM_RUNTIME_CLASS'],
      ...(options.bundle && { bundle: options.bundle }),
      say,
      onProgress(work) {
        say(makeConsoleLine(work));
        server.send({ type: 'cluster', cluster: makeClusterProgress(work) });
      },
      signal,
    });
    server.send({ type: 'cluster', cluster: { state: 'ready' }, kubeconfig: cluster.serverKubeconfig });
    say(`Kubeconfig for you: ${cluster.adminKubeconfig}`);
    say('Labs are ready. Ctrl-C ends everything.');
    return cluster;
  } catch (error) {
    if (signal.aborted) return undefined;
    server.send({ type: 'cluster', cluster: { state: 'failed', code: 'cluster_failed' } });
    say(`The cluster could not be started: ${describe(error)}`);
    say('The site goes on without labs. Mend what is named above and run npm start again; what is built is kept.');
    return undefined;
  }
}

/** Errors of ours carry `next`, what to do about it. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'next' in error && typeof error.next === 'string'
    ? `${error.message}. What to do: ${error.next}`
    : error.message;
}

function whenAborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

/** Everything that must stay for as long as Podium runs is taken down in the opposite order. Resolves to the exit status. */
async function run(options: StartOptions, stop: AbortController): Promise<number> {
  const { signal } = stop;
  const isRoot = process.getuid?.() === 0;
  const picked = pickDriver(options.driver, { platform: process.platform, architecture: process.arch, isRoot });
  say(`Labs are given by ${picked.because}`);
  await buildSiteIfStale(root, say, signal);
  await using resources = new AsyncDisposableStack();
  const environment = serverEnvironment(options, picked);
  const data = dataDirectory(process.env, options.name, isRoot);
  const kept = await createKeptServer({ root, dataDirectory: data, environment, asRoot: isRoot }, say);
  if (!kept.ok) return kept.status;
  const { server } = kept;
  say(`Podium is at ${server.url}`);
  // The cluster goes last: the server ends its streams while the shells are still there.
  const cluster = picked.driver === 'embedded' ? bringClusterUp(options, server, signal) : undefined;
  if (picked.driver === 'local') say('Labs are ready, in shells of this machine.');
  resources.defer(async () => (await cluster)?.[Symbol.asyncDispose]());
  resources.use(server);
  const ended = await Promise.race([server.ended, whenAborted(signal)]);
  if (ended !== 'aborted') {
    stop.abort();
    say('Podium ends. Mend what the server complains of and run npm start again.');
    return ended;
  }
  say(options.keepCluster ? 'Stopping; the cluster stays.' : 'Stopping. This takes some seconds.');
  return 0;
}

async function main(): Promise<number> {
  const decoded = decodeStartOptions(process.argv.slice(2));
  if (decoded.ok === 'help') {
    process.stdout.write(`${START_USAGE}\n`);
    return 0;
  }
  if (!decoded.ok) {
    for (const mistake of decoded.mistakes) process.stderr.write(`podium: ${mistake}\n`);
    process.stderr.write(`${START_USAGE}\n`);
    return 2;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    return await run(decoded.options, stop);
  } catch (error) {
    if (stop.signal.aborted) return 0;
    process.stderr.write(`podium: ${describe(error)}\n`);
    return 1;
  }
}

process.exitCode = await main();
