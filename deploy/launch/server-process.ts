/**
 * Runs the sandbox server as a child that may do less than we may.
 *
 * Started by root, the server gets a user id of its own, no capability, and a mount namespace in which the
 * program stands at APP_FOLDER, read-only, and its data at DATA_FOLDER. So it can use both even where they lie
 * below a folder that only root may enter, and that folder's mode stays as it is.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterProgress } from '../../sandbox-server/protocol/sandbox.ts';

/** Free on Debian and outside the ranges that systemd and the kubelet hand out (systemd.io/UIDS-GIDS). */
export const SERVER_UID = 60_800;

/** Where program and data stand in the server's own mount namespace; in the host's these are empty folders. */
const APP_FOLDER = '/run/podium/app';
const DATA_FOLDER = '/run/podium/data';
/** What the server reads at run time, and nothing else of the clone. */
const APP_ENTRIES = ['package.json', 'sandbox-server', 'node_modules', 'dist', 'content'];

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
  for (const folder of [APP_FOLDER, DATA_FOLDER]) await mkdir(folder, { recursive: true, mode: 0o755 });
  const command = ['--mount', '--propagation', 'private', '--', 'sh', '-eu', '-c', ENTER_SCRIPT, 'podium-server'];
  const folders = [root, APP_FOLDER, dataDirectory, DATA_FOLDER];
  const fixed = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/nonexistent', NODE_NO_WARNINGS: '1' };
  return spawn('unshare', [...command, ...folders, String(SERVER_UID), ...APP_ENTRIES], {
    cwd: '/',
    env: { ...fixed, ...environment, PODIUM_DATA: DATA_FOLDER },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** A tmpfs first, then one bind for each entry: the mode of the clone's own folder then does not matter either. */
const ENTER_SCRIPT = `
root=$1 app=$2 data_source=$3 data=$4 uid=$5; shift 5
mount --bind "$data_source" "$data"
mount -t tmpfs -o mode=0755,size=64k,nr_inodes=64 podium-app "$app"
for entry in "$@"; do
  if [ -d "$root/$entry" ]; then mkdir "$app/$entry"; else : > "$app/$entry"; fi
  mount --bind -o ro "$root/$entry" "$app/$entry"
done
cd "$app"
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  node_modules/node/bin/node sandbox-server/main.ts`;

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
