/**
 * Everything between a learner's page and a shell, for real, and with a hand on each wire: page → `network` → server
 * → `api` → cluster → agent → shell.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireCluster, type TestCluster } from './cluster.ts';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { createPerson, type Person } from './person.ts';
import { createServerProcess, type ServerProcess } from './server-process.ts';
import { runInShell } from './shell-exec.ts';

export interface TerminalSite extends AsyncDisposable {
  readonly cluster: TestCluster;
  readonly server: ServerProcess;
  /** Before the server; pages come through it. */
  readonly network: FaultProxy;
  /** Before the API server; the servers of this site go through it. */
  readonly api: FaultProxy;
  /** Another server before the same cluster; it knows the same people where they share a database. */
  createServer(): Promise<ServerProcess>;
  /** Starts a sandbox for somebody new. */
  createPerson(): Promise<ClusterPerson>;
}

export interface ClusterPerson extends Person {
  /** Runs a line in the container past the terminal, and gives what it printed; `input` is what it reads. */
  exec(line: string, input?: Uint8Array): Promise<string>;
}

export interface TerminalSiteOptions {
  /** Of all servers of this site; without it there can be only one. */
  readonly databaseUrl?: URL;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function createTerminalSite(options: TerminalSiteOptions = {}): Promise<TerminalSite> {
  await using resources = new AsyncDisposableStack();
  const cluster = resources.use(await acquireCluster());
  const folder = await mkdtemp(join(tmpdir(), 'podium-site-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  const api = resources.use(await createApiProxy(cluster.serverKubeconfig, kubeconfig));
  const createServer = () => createServerProcess({ kubeconfig, ...options });
  const server = resources.use(await createServer());
  const network = resources.use(await createFaultProxy({ port: server.port }));
  const origin = `http://127.0.0.1:${network.port}`;
  const owned = resources.move();
  return {
    cluster,
    server,
    network,
    api,
    createServer,
    async createPerson() {
      const person = await createPerson(origin);
      const exec = (line: string, input?: Uint8Array) =>
        runInShell(cluster.adminKubeconfig, person.namespace, line, input);
      return { ...person, exec };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Writes a kubeconfig that leads through the proxy; the certificate is for 127.0.0.1, whatever the port. */
async function createApiProxy(kubeconfig: string, path: string): Promise<FaultProxy> {
  const text = await readFile(kubeconfig, 'utf8');
  const [, server = ''] = /"?server"?: "?(https:[^\s",]+)/u.exec(text) ?? [];
  const { hostname, port } = new URL(server);
  const proxy = await createFaultProxy({ host: hostname, port: Number(port) });
  await writeFile(path, text.replace(server, `https://${hostname}:${proxy.port}`), { mode: 0o600 });
  return proxy;
}
