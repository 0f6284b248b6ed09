/** Where Podium keeps what on a machine: pure, from the environment. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Downloads, binaries and images: made once a machine, may be deleted at any time. */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return environment['PODIUM_CACHE'] ?? join(base, 'podium');
}

/** The server's store and secret: one folder for each name, so that two servers never share a store. */
export function dataDirectory(environment: NodeJS.ProcessEnv, name: string, isRoot: boolean): string {
  if (isRoot) return join('/var/lib/podium/server', name);
  return join(environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'podium', name);
}
