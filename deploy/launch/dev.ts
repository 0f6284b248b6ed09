/**
 * `npm run dev`: pages change as you save them. Astro's development server answers the browser and hands
 * `/api` to a sandbox server beside it, which gives shells of this machine and starts anew when its code or a lab changes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dev } from 'astro';

const root = join(import.meta.dirname, '..', '..');
const SITE_PORT = 4321;

/** The proxy must know the port before the server is there, and keep it over the server's restarts. */
async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}

const data = await mkdtemp(join(tmpdir(), 'podium-dev-'));
// The pages are the development server's; the one beside it has none of its own, built or not.
const noPages = join(data, 'site');
await mkdir(join(noPages, 'en'), { recursive: true });
await writeFile(join(noPages, 'en', 'index.html'), '');
const apiPort = await findFreePort();
/** The server reads labs when it starts: one that runs the command of yesterday's page would be worse than a new shell. */
const watched = [join(root, 'sandbox-server'), resolve(process.env['PODIUM_CONTENT'] ?? join(root, 'content'), 'labs')];
const watching = ['--watch', '--watch-preserve-output', ...watched.map((folder) => `--watch-path=${folder}`)];
const api = spawn(process.execPath, [...watching, join(root, 'sandbox-server/main.ts')], {
  cwd: root,
  env: {
    ...process.env,
    PODIUM_PORT: String(apiPort),
    PODIUM_DATA: data,
    PODIUM_DIST: noPages,
    PODIUM_DRIVER: 'local',
    PODIUM_DRIVER_REASON: 'chosen',
  },
  stdio: 'inherit',
});
const site = await dev({
  root,
  // The development server looks at slashes before it hands anything on, and addresses of the API have none at their end.
  trailingSlash: 'ignore',
  server: { port: SITE_PORT, host: '127.0.0.1' },
  vite: { server: { proxy: { '/api': { target: `http://127.0.0.1:${apiPort}`, ws: true } } } },
}).catch((error: unknown) => {
  api.kill('SIGTERM');
  throw error;
});

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
await Promise.race([stopped, once(api, 'exit')]);
api.kill('SIGTERM');
await site.stop();
await rm(data, { recursive: true, force: true });
