/** `npm start`: site and server at once, the cluster behind them as soon as it is there. Ends cleanly on Ctrl-C. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createClusterProcess } from './cluster-process.ts';
import { pickDriver, type PickedDriver } from './pick-driver.ts';
import { makeClusterProgress, makeConsoleLine } from './progress.ts';
import { createServerProcess, type ServerProcess } from './server-process.ts';
import { buildSiteIfStale } from './site-build.ts';
import { decodeStartOptions, START_USAGE, type StartOptions } from './start-options.ts';

const root = join(import.meta.dirname, '..', '..');

function say(line: string): void {
  process.stdout.write(`podium: ${line}\n`);
}

function cacheDirectory(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return process.env['PODIUM_CACHE'] ?? join(base, 'podium');
}

function dataDirectory(name: string, isRoot: boolean): string {
  if (isRoot) return join('/var/lib/podium/server', name);
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'podium', name);
}

function serverEnvironment(options: StartOptions, picked: PickedDriver, data: string): Record<string, string> {
  return {
    PODIUM_HOST: options.host,
    PODIUM_PORT: String(options.port),
    PODIUM_DATA: data,
    PODIUM_DRIVER: picked.driver,
    ...(picked.reasonCode && { PODIUM_DRIVER_REASON: picked.reasonCode }),
    ...(options.listenUnprotected && { PODIUM_LISTEN_UNPROTECTED: 'true' }),
    ...(process.env['PODIUM_LOG_LEVEL'] && { PODIUM_LOG_LEVEL: process.env['PODIUM_LOG_LEVEL'] }),
    ...(process.env['PODIUM_PUBLIC_URL'] && { PODIUM_PUBLIC_URL: process.env['PODIUM_PUBLIC_URL'] }),
  };
}
