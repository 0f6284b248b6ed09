/**
 * The program: the only file that reads the environment, handles signals and ends the process.
 * What it cannot do it says on standard error, in a sentence that says what to do, and ends with 1.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { chooseDriver } from './choose-driver.ts';
import { systemClock } from './clock.ts';
import { loadConfig, type Config } from './config.ts';
import type { ClusterTakenError } from './driver/driver.ts';
import { createDriverSwitch } from './driver/driver-switch.ts';
import { loadLabs } from './labs/load-labs.ts';
import { type Data, openData } from './open-data.ts';
import { isLoopback } from './loopback.ts';
import { createServer } from './server.ts';
import { createLog, type Logger } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';

/** What pages, shells and the disk may take to be told; then the process ends regardless. A launcher waits a little longer. */
const SHUTDOWN_LIMIT_MS = 10_000;

/** A mistake of the operator's, not of ours: shown without a stack. */
class StartError extends Error {}

await main().catch((error: unknown) => {
  process.stderr.write(
    error instanceof StartError ? `${error.message}\n` : `The server could not start: ${String(error)}\n`,
  );
  process.exit(1);
});

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  await using resources = new AsyncDisposableStack();
  const stopping = new AbortController();
  const stopped = onStopRequest(stopping);
  const data = resources.use(await openOrExplain(config, log, stopping.signal));
  const drivers = resources.use(createDriverSwitch(kindOf(config)));
  const { labs, problems } = await loadLabs(config.contentDirectory);
  for (const problem of problems) log.error(problem, 'lab is left out until this is mended');
  for (const { label } of config.reservations)
    if (!labs.has(label)) log.error({ lab: label }, 'room is reserved for a lab that is not there');
  const metrics = createMetrics();
  const server = resources.use(
    await createServer({ ...data, config, labs, drivers, clock: systemClock, log, metrics }),
  );
  await listen(server, config);
  const refused = Promise.withResolvers<ClusterTakenError>();
  await chooseDriver(
    {
      config,
      drivers,
      images: [...new Set([...labs.values()].map(({ definition }) => definition.image))],
      provesOuterWall: [...labs.values()].some(({ definition }) => definition.network === 'learner'),
      data: data.serverData,
      onTaken: refused.resolve,
      clock: systemClock,
      log,
      metrics,
      environment: process.env,
      onLauncherMessage: (listener) => process.on('message', listener),
    },
    stopping.signal,
  );
  const refusal = await Promise.race([stopped, refused.promise]);
  if (refusal) process.stderr.write(`The server cannot go on: ${refusal.message}\n`);
  log.info('server ends');
  setTimeout(() => {
    log.error({ limitMs: SHUTDOWN_LIMIT_MS }, 'server did not end in time');
    process.exit(1);
  }, SHUTDOWN_LIMIT_MS).unref();
  await resources.disposeAsync();
  process.exit(refusal ? 1 : 0);
}

function readConfig(): Config {
  const isRoot = process.getuid?.() === 0;
  const result = loadConfig(process.env, { isRoot, home: homedir(), workingDirectory: process.cwd() });
  const problems = result.ok ? findMissingFolders(result.config) : result.problems;
  if (result.ok && problems.length === 0) return result.config;
  throw new StartError(
    ['The server cannot start with these settings:', ...problems.map((problem) => `- ${problem}`)].join('\n'),
  );
}

function findMissingFolders({ siteDirectory, contentDirectory }: Config): string[] {
  const problems: string[] = [];
  if (!existsSync(join(siteDirectory, 'en', 'index.html'))) {
    problems.push(
      `PODIUM_DIST: ${siteDirectory} holds no built site. Run "npm run build", or set it to the folder that does.`,
    );
  }
  if (!existsSync(contentDirectory)) {
    problems.push(`PODIUM_CONTENT: ${contentDirectory} is not there. Set it to the folder with labs, decks and docs.`);
  }
  return problems;
}

async function openOrExplain(config: Config, log: Logger, signal: AbortSignal): Promise<Data> {
  try {
    return await openData({ ...config, clock: systemClock, log }, signal);
  } catch (cause) {
    const variable = config.databaseUrl === undefined ? 'PODIUM_DATA' : 'PODIUM_DATABASE_URL';
    throw new StartError(`${variable}: ${(cause as Error).message}`, { cause });
  }
}

function kindOf({ driver }: Config): 'kubernetes' | 'local' | 'none' {
  return driver === 'embedded' ? 'kubernetes' : driver;
}

async function listen(server: Awaited<ReturnType<typeof createServer>>, config: Config): Promise<void> {
  const { host } = config;
  const port = await server.listen(config.port).catch((error: NodeJS.ErrnoException) => {
    throw new StartError(explainListenError(error, config), { cause: error });
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
  if (!isLoopback(host)) {
    process.stderr.write(`\n  WARNING: ${url} has no way in. Anybody who reaches it gets a shell.\n\n`);
  }
  if (process.send) process.send({ type: 'listening', url });
  else process.stdout.write(`Podium listens on ${url}\n`);
}

function explainListenError(error: NodeJS.ErrnoException, { host, port }: Config): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Stop the program that has it ("ss -ltnp 'sport = :${port}'" shows it), or set PODIUM_PORT to another one; 0 takes any that is free.`;
    case 'EACCES':
      return `Port ${port} may be taken by root only. Set PODIUM_PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `PODIUM_HOST is ${host}, which is no address of this machine ("ip address" lists them).`;
    default:
      return `The server cannot listen on ${host}:${port}: ${error.message}.`;
  }
}

/** Resolves at the first request to stop: a signal, or the end of the launcher, which is then not there to send one. */
function onStopRequest(stopping: AbortController): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      stopping.abort();
      resolve();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    process.once('disconnect', stop);
  });
}
