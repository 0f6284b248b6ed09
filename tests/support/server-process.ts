/** The server as a process of its own: one that a test may kill, and start again at its address. */
import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adoptIdentity } from './data-identity.ts';

const root = join(import.meta.dirname, '..', '..');

export interface ServerProcess extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when it has ended by itself or otherwise, with what it said on standard error. */
  readonly ended: Promise<{ readonly status: number | null; readonly errors: string }>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Ends it as an operator does. */
  stop(): Promise<void>;
  /** Starts it again, at its address. */
  start(): Promise<void>;
}

export interface ServerProcessOptions {
  /** Of the server's own account in a cluster. */
  readonly kubeconfig?: string;
  /** Shared with other servers, in place of a file of its own. */
  readonly databaseUrl?: URL;
  /** It does not pass for a server of the cluster that tests run beside, and is refused as a stranger. */
  readonly isStranger?: boolean;
  /** The built site, where a test looks at pages. */
  readonly siteDirectory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a server on a free port; disposing it ends the process and takes its folder away. */
export async function createServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'podium-server-'));
  const siteDirectory = options.siteDirectory ?? (await makeSite(directory));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PODIUM_'));
  const environment = {
    ...Object.fromEntries(inherited),
    PODIUM_DATA: join(directory, 'data'),
    PODIUM_CONTENT: join(root, 'content'),
    PODIUM_DIST: siteDirectory,
    PODIUM_DRIVER: 'kubernetes',
    PODIUM_LOG_LEVEL: process.env['PODIUM_TEST_LOG'] ?? 'error',
    // A pool works in the background of what a test counts, breaks or measures: those that want one say so.
    PODIUM_POOL_FLOOR: '0',
    // The cluster was proved by the Podium that tests run beside; each server of theirs proves it again, and is not waited for.
    PODIUM_ALLOW_UNPROVED_ISOLATION: 'yes',
    ...(options.kubeconfig !== undefined && { PODIUM_KUBECONFIG: options.kubeconfig }),
    ...(options.databaseUrl && { PODIUM_DATABASE_URL: options.databaseUrl.href }),
    ...options.environment,
  };
  const dataDirectory = environment.PODIUM_DATA;
  if (options.kubeconfig !== undefined && !options.isStranger) {
    await adoptIdentity({ kubeconfig: options.kubeconfig, dataDirectory, databaseUrl: options.databaseUrl });
  }
  let running = await launch({ ...environment, PODIUM_PORT: '0' });
  const { origin } = running;
  const port = Number(new URL(origin).port);
  const end = async (signal: NodeJS.Signals) => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    const exited = once(running.child, 'exit');
    running.child.kill(signal);
    await exited;
  };
  return {
    origin,
    port,
    get pid() {
      return running.child.pid ?? 0;
    },
    get ended() {
      return running.ended;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      running = await launch({ ...environment, PODIUM_PORT: String(port) });
    },
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The least that a server takes for a site. */
async function makeSite(directory: string): Promise<string> {
  const site = join(directory, 'dist');
  for (const language of ['en', 'fr']) {
    await mkdir(join(site, language), { recursive: true });
    await writeFile(join(site, language, 'index.html'), '<!doctype html><title>Podium</title>');
  }
  return site;
}

interface Launched {
  readonly origin: string;
  readonly child: ChildProcess;
  readonly ended: ServerProcess['ended'];
}

async function launch(environment: NodeJS.ProcessEnv): Promise<Launched> {
  const stdio: StdioOptions = ['ignore', 'inherit', 'pipe', 'ipc'];
  const child = fork(join(root, 'sandbox-server/main.ts'), { cwd: root, env: environment, stdio });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => {
    errors += text.toString();
    process.stderr.write(text);
  });
  const ended = once(child, 'exit').then(([status]) => ({ status: status as number | null, errors }));
  const tooEarly = ended.then(({ status }) => {
    throw new Error(`The server ended with status ${String(status)} before it listened.`);
  });
  const [message] = (await Promise.race([once(child, 'message'), tooEarly])) as [{ readonly url: string }];
  tooEarly.catch(() => undefined);
  return { origin: message.url.replace(/\/$/, ''), child, ended };
}
