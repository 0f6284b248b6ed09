/** Runs the sandbox server as a child; started by root, as one that may do less than we may. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterProgress } from '../../sandbox-server/protocol/sandbox.ts';
import { spawnAsNobody } from './unprivileged.ts';

/** Free on Debian and outside the ranges that systemd and the kubelet hand out (systemd.io/UIDS-GIDS). */
export const SERVER_UID = 60_800;

/** Where the data stands in the server's own mount namespace; in the host's this is an empty folder. */
const DATA_FOLDER = '/run/podium/data';

/** The server's own shutdown limit is 10 s; what is still there after this is killed. */
const STOP_GRACE_MS = 15_000;

export interface ServerMessage {
  readonly type: 'cluster';
  readonly cluster: ClusterProgress;
  readonly kubeconfig?: string;
}

export interface ServerProcess extends AsyncDisposable {
  readonly pid: number | undefined;
  /** Tells the server how far the cluster is; dropped when the server is already gone. */
  send(message: ServerMessage): void;
  /** The address where it answers; never resolves when it cannot listen, it then exits and has said why. */
  readonly listening: Promise<string>;
  /** Exit status; null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

export interface ServerProcessOptions {
  readonly root: string;
  readonly dataDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly asRoot: boolean;
}

export async function createServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });
  if (options.asRoot) await chown(options.dataDirectory, SERVER_UID, SERVER_UID);
  const child = options.asRoot ? await spawnUnprivileged(options) : spawnHere(options);
  return superviseServer(child);
}

function spawnHere({ root, dataDirectory, environment }: ServerProcessOptions): ChildProcess {
  return spawn(process.execPath, [join(root, 'sandbox-server/main.ts')], {
    cwd: root,
    env: { ...process.env, ...environment, PODIUM_DATA: dataDirectory },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function spawnUnprivileged({ root, dataDirectory, environment }: ServerProcessOptions): Promise<ChildProcess> {
  return spawnAsNobody({
    root,
    user: SERVER_UID,
    program: 'sandbox-server/main.ts',
    data: { from: dataDirectory, at: DATA_FOLDER },
    environment: { ...environment, PODIUM_DATA: DATA_FOLDER },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function superviseServer(child: ChildProcess): ServerProcess {
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('exit', (code) => resolve(code));
    child.on('error', (cause) => reject(new Error('The server could not be started.', { cause })));
  });
  exited.catch(() => undefined);
  const listening = new Promise<string>((resolve) => {
    child.on('message', (message) => {
      if (isListening(message)) resolve(message.url);
    });
  });
  return {
    pid: child.pid,
    exited,
    listening,
    send(message) {
      if (child.connected) child.send(message);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      await exited.catch(() => null);
      clearTimeout(kill);
    },
  };
}

function isListening(message: unknown): message is { url: string } {
  return typeof message === 'object' && message !== null && 'url' in message && typeof message.url === 'string';
}
