/**
 * Runs a program of Podium with less than root has: a user id of its own, no capability, and a mount namespace in
 * which the clone stands at APP_FOLDER, read-only. So it can be used even where it lies below a folder that only root
 * may enter, and that folder's mode stays as it is.
 */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { mkdir } from 'node:fs/promises';

/** In the host's mount namespace this is an empty folder. */
const APP_FOLDER = '/run/podium/app';
/** What is read at run time, and nothing else of the clone. */
const APP_ENTRIES = ['package.json', 'sandbox-server', 'node_modules', 'dist', 'content'];

export interface UnprivilegedProgram {
  readonly root: string;
  readonly user: number;
  /** Path of the file that Node runs, from the root. */
  readonly program: string;
  /** A folder of that user, and where the program finds it. */
  readonly data?: { readonly from: string; readonly at: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
}

export async function spawnAsNobody(options: UnprivilegedProgram): Promise<ChildProcess> {
  const { root, user, program, data, environment, stdio } = options;
  await mkdir(APP_FOLDER, { recursive: true, mode: 0o755 });
  if (data) await mkdir(data.at, { recursive: true, mode: 0o755 });
  const command = ['--mount', '--propagation', 'private', '--', 'sh', '-eu', '-c', ENTER_SCRIPT, 'podium'];
  const folders = [root, APP_FOLDER, data?.from ?? '', data?.at ?? ''];
  const fixed = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/nonexistent', NODE_NO_WARNINGS: '1' };
  return spawn('unshare', [...command, ...folders, String(user), program, ...APP_ENTRIES], {
    cwd: '/',
    env: { ...fixed, ...environment },
    stdio,
  });
}

/** A tmpfs first, then one bind for each entry: the mode of the clone's own folder then does not matter either. */
const ENTER_SCRIPT = `
root=$1 app=$2 data_source=$3 data=$4 uid=$5 program=$6; shift 6
[ -z "$data" ] || mount --bind "$data_source" "$data"
mount -t tmpfs -o mode=0755,size=64k,nr_inodes=64 podium-app "$app"
for entry in "$@"; do
  if [ -d "$root/$entry" ]; then mkdir "$app/$entry"; else : > "$app/$entry"; fi
  mount --bind -o ro "$root/$entry" "$app/$entry"
done
cd "$app"
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  node_modules/node/bin/node "$program"`;
