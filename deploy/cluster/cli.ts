/** `npm run cluster -- …`: the embedded cluster for operators. Shows sentences, never stack traces. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { cacheDirectory } from '../launch/directories.ts';
import { makeConsoleLine } from '../launch/progress.ts';
import { buildImages, buildSystemImages } from '../images/build.ts';
import { ImageError } from '../images/image-error.ts';
import { exportBundle, importBundle } from './bundle.ts';
import { clusterStatus, downCluster, importImages, upCluster } from './cluster.ts';
import type { Invocation } from './command-line.ts';
import { parseCommandLine, usage } from './command-line.ts';
import { ClusterError } from './errors.ts';
import { makeInstancePaths } from './instance.ts';
import { buildParts } from './parts.ts';
import type { ClusterProgress } from './progress.ts';
import { formatStatus } from './status-table.ts';

/** As a shell counts: 128 and the number of SIGINT. */
const interruptedStatus = 130;
/** As many lines of a log as a screen holds. */
const shownLogLines = 60;

type Command = (invocation: Invocation, signal: AbortSignal) => Promise<void>;

const commands: Record<Invocation['command'], Command> = {
  build: async (invocation, signal) => {
    const parts = await buildParts({ cacheDir, onProgress: showProgress, onNotice: say, signal });
    print(invocation, `The cluster's programs are in ${parts.directory}`, parts);
  },
  up,
  down: async (invocation) => {
    await downCluster({ name: invocation.name });
    print(invocation, `The cluster "${invocation.name}" is down.`, { name: invocation.name });
  },
  status: async (invocation) => {
    const status = await clusterStatus({ name: invocation.name });
    print(invocation, formatStatus(status), status);
    if (!status.running) process.exitCode = 1;
  },
  logs,
  kubeconfig: async ({ name }) => {
    const text = await readFile(makeInstancePaths(name).kubeconfig, 'utf8').catch((cause: unknown) => {
      throw new ClusterError('not-running', {
        facts: name,
        next: `start it: npm run cluster -- up --name ${name}`,
        cause,
      });
    });
    process.stdout.write(text);
  },
  export: async (invocation, signal) => {
    const { directory, archives } = await makeAll(signal);
    const file = invocation.argument ?? '';
    const bytes = await exportBundle(file, { partsDirectory: directory, imageArchives: archives }, signal);
    print(invocation, `${file} holds programs and images (${Math.round(bytes / 1024 ** 2)} MiB).`, { file, bytes });
  },
  import: async (invocation, signal) => {
    const content = await importBundle(invocation.argument ?? '', cacheDir, signal);
    const { running } = await clusterStatus({ name: invocation.name });
    if (running) await importImages({ name: invocation.name, archives: content.imageArchives, signal });
    print(invocation, `Programs and images are in place below ${cacheDir}.`, content);
  },
};

async function up(invocation: Invocation, signal: AbortSignal): Promise<void> {
  const { archives } = await makeAll(signal);
  const imageArchives = [...archives, ...invocation.imageArchives];
  const cluster = await upCluster({
    name: invocation.name,
    cacheDir,
    imageArchives,
    port: invocation.port,
    onProgress: showProgress,
    signal,
  });
  print(
    invocation,
    `The cluster "${cluster.name}" is ready: ${cluster.apiServer}\nexport KUBECONFIG=${cluster.kubeconfigPath}`,
    cluster,
  );
}

/** Programs, the system's images and the labs' images; what is cached is not made again. */
async function makeAll(signal: AbortSignal): Promise<{ directory: string; archives: string[] }> {
  const { directory, goBinary } = await buildParts({ cacheDir, onProgress: showProgress, onNotice: say, signal });
  const work = { cacheDir, partsDirectory: directory, onProgress: showProgress, onNotice: say, signal };
  const images = [...(await buildSystemImages(work)), ...(await buildImages({ ...work, goBinary }))];
  return { directory, archives: images.map(({ archive }) => archive) };
}

async function logs({ name, argument }: Invocation): Promise<void> {
  const directory = makeInstancePaths(name).logs;
  if (argument === undefined) {
    say(`Logs of "${name}" are in ${directory}; the end of one: npm run cluster -- logs PART`);
    return;
  }
  const text = await readFile(path.join(directory, `${argument}.log`), 'utf8').catch((cause: unknown) => {
    throw new ClusterError('not-running', {
      facts: `${argument} of "${name}" has no log`,
      next: 'start the cluster first',
      cause,
    });
  });
  process.stdout.write(`${text.trimEnd().split('\n').slice(-shownLogLines).join('\n')}\n`);
}

function print(invocation: Invocation, text: string, facts: object): void {
  process.stdout.write(`${invocation.isJson ? JSON.stringify(facts) : text}\n`);
}

/** Progress goes to standard error, so that standard output holds the result alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function showProgress(progress: Omit<ClusterProgress, 'stage'> & { stage: string }): void {
  say(makeConsoleLine(progress));
}

function explain(error: unknown, signal: AbortSignal): number {
  if (signal.aborted) {
    say('Stopped. What is finished is kept; the same command goes on from there.');
    return interruptedStatus;
  }
  if (error instanceof ClusterError) say(`${error.message}\nWhat to do: ${error.next}`);
  else if (error instanceof ImageError) say(error.message);
  else throw error;
  return 1;
}

const cacheDir = cacheDirectory(process.env);
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
const parsed = parseCommandLine(process.argv.slice(2));
if (parsed.ok) {
  try {
    await commands[parsed.invocation.command](parsed.invocation, stopping.signal);
  } catch (error) {
    process.exitCode = explain(error, stopping.signal);
  }
} else {
  say(`${parsed.mistakes.join('\n')}\n\n${usage}`);
  process.exitCode = 2;
}
