/** A server of the test's own, as `npm start` runs it but with the local driver, so that pages are tested without a cluster. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adoptIdentity } from '../support/data-identity.ts';
import type { ClusterProgress } from '../../sandbox-server/protocol/sandbox.ts';

const root = join(import.meta.dirname, '..', '..');

/** The one that is also asked by itself: the others wait for a click, as the tests of clicks do. */
export const SELF_ASKING_CHECK = 'first-pod';

export interface LocalPodiumOptions {
  /** `embedded` waits for a cluster, of which the test tells the server as the launcher would. */
  readonly driver: 'local' | 'embedded';
  /** A built site other than that of the labs that come with Podium. */
  readonly dist?: string;
}

export interface LocalPodium extends AsyncDisposable {
  readonly url: string;
  /** Tells the server how far the cluster is; only for `embedded`. */
  tellCluster(cluster: ClusterProgress, kubeconfig?: string): void;
  /** Ends the server as an operator does, and starts it again at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Makes all sandboxes so much older while the server is not there to notice. */
  ageSandboxes(minutes: number): Promise<void>;
  /** Takes away all sandboxes while the server is not there to notice. */
  loseSandboxes(): Promise<void>;
}

export async function startLocalPodium({ driver, dist }: LocalPodiumOptions): Promise<LocalPodium> {
  const directory = await mkdtemp(join(tmpdir(), 'podium-browser-'));
  await copyContent(join(directory, 'content'));
  const environment = {
    PODIUM_DATA: join(directory, 'data'),
    PODIUM_CONTENT: join(directory, 'content'),
    PODIUM_DIST: dist ?? process.env['PODIUM_TEST_DIST'] ?? join(root, 'dist'),
    PODIUM_DRIVER: driver,
    PODIUM_LOG_LEVEL: 'warn',
  };
  const kubeconfig = process.env['PODIUM_TEST_KUBECONFIG'];
  if (driver === 'embedded' && kubeconfig !== undefined) {
    await adoptIdentity({ kubeconfig, dataDirectory: environment.PODIUM_DATA, databaseUrl: undefined });
  }
  let server = await launch(environment, '0');
  const { port } = new URL(server.url);
  const stop = (): Promise<void> => end(server.child);
  const start = async (): Promise<void> => {
    server = await launch(environment, port);
  };
  return {
    url: server.url,
    tellCluster: (cluster, kubeconfig) => {
      server.child.send({ type: 'cluster', cluster, ...(kubeconfig !== undefined && { kubeconfig }) });
    },
    restart: async () => {
      await stop();
      await start();
    },
    stop,
    start,
    ageSandboxes: (minutes) => ageRecords(join(environment.PODIUM_DATA, 'local-sandboxes'), minutes),
    loseSandboxes: () => rm(join(environment.PODIUM_DATA, 'local-sandboxes'), { recursive: true }),
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * The labs as they are, apart from their checks, which need a cluster: here each is done when a file of its name is in
 * the learner's home, and otherwise says one of the lab's messages; a step is done for somebody by making those files,
 * slowly where they want to see it.
 */
async function copyContent(target: string): Promise<void> {
  await cp(join(root, 'content'), target, { recursive: true });
  const lab = join(target, 'labs/first-steps');
  for (const { name } of (await readdir(join(lab, 'checks'), { withFileTypes: true })).filter((each) =>
    each.isFile(),
  )) {
    const head = name === SELF_ASKING_CHECK ? '#!/bin/sh\n# needs: pods' : '#!/bin/sh';
    const source = `${head}\n[ -e "$HOME/${name}" ] || { echo "no-configmap name=${name}"; exit 1; }\n`;
    await writeFile(join(lab, 'checks', name), source);
  }
  for (const name of await readdir(join(lab, 'solve'))) {
    const step = await readFile(join(lab, 'steps', `${name}.md`), 'utf8');
    const files = [...step.matchAll(/::check\{name=([^}]*)\}/g)].map(([, check]) => `"$HOME/${check}"`);
    await writeFile(join(lab, 'solve', name), `#!/bin/sh\n[ ! -e ~/slowly ] || sleep 60\ntouch ${files.join(' ')}\n`);
  }
}

async function ageRecords(folder: string, minutes: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name, 'record.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as { createdAt: string; expiresAt: string };
    const age = (time: string): string => new Date(Date.parse(time) - minutes * 60_000).toISOString();
    const aged = { ...record, createdAt: age(record.createdAt), expiresAt: age(record.expiresAt) };
    await writeFile(file, JSON.stringify(aged));
  }
}

async function launch(
  environment: Readonly<Record<string, string>>,
  port: string,
): Promise<{ url: string; child: ChildProcess }> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PODIUM_'));
  const child = fork(join(root, 'sandbox-server/main.ts'), {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...environment, PODIUM_PORT: port },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The server ended with status ${String(code)} before it listened.`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ readonly url: string }];
  ended.catch(() => undefined);
  return { url: message.url.replace(/\/$/, ''), child };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
