import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createServerProcess, SERVER_UID } from '../../deploy/launch/server-process.ts';

const root = join(import.meta.dirname, '..', '..');
const isRoot = process.getuid?.() === 0;

/** A clone and a data folder below a folder that only root may enter, as in a root user's home. */
async function createHiddenClone() {
  const hidden = await mkdtemp(join(tmpdir(), 'podium-hidden-'));
  await chmod(hidden, 0o700);
  const clone = join(hidden, 'clone');
  await mkdir(clone, { mode: 0o700 });
  for (const entry of ['package.json', 'sandbox-server', 'node_modules', 'dist', 'content']) {
    await symlink(join(root, entry), join(clone, entry));
  }
  return { hidden, clone, [Symbol.asyncDispose]: () => rm(hidden, { recursive: true, force: true }) };
}

async function statusOf(pid: number): Promise<Map<string, string>> {
  const lines = (await readFile(`/proc/${pid}/status`, 'utf8')).split('\n');
  return new Map(lines.map((line) => line.split(/:\s+/u) as [string, string]));
}

suite('a server that root starts', { skip: isRoot ? false : 'needs root' }, () => {
  test('it runs without any privilege, also from a folder that only root may enter, whose mode stays', async () => {
    await using place = await createHiddenClone();
    await using server = await createServerProcess({
      root: place.clone,
      dataDirectory: join(place.hidden, 'data'),
      environment: {
        PODIUM_HOST: '127.0.0.1',
        PODIUM_PORT: '0',
        PODIUM_DRIVER: 'none',
        PODIUM_DRIVER_REASON: 'chosen',
      },
      asRoot: true,
    });
    const url = await server.listening;
    assert.equal((await fetch(new URL('/healthz', url))).status, 200);
    assert.equal((await fetch(new URL('/en/', url))).status, 200);

    assert.ok(server.pid);
    const status = await statusOf(server.pid);
    const everyUid = `${SERVER_UID}\t${SERVER_UID}\t${SERVER_UID}\t${SERVER_UID}`;
    assert.equal(status.get('Uid'), everyUid);
    assert.equal(status.get('Gid'), everyUid);
    assert.equal(status.get('NoNewPrivs'), '1');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      assert.match(status.get(set) ?? '', /^0+$/u, set);

    const mounts = await readFile(`/proc/${server.pid}/mounts`, 'utf8');
    assert.match(mounts, /\/run\/podium\/app\/sandbox-server \S+ ro,/u);
    assert.equal((await stat(place.hidden)).mode & 0o777, 0o700);
    assert.equal((await stat(place.clone)).mode & 0o777, 0o700);
    assert.doesNotMatch(await readFile('/proc/self/mounts', 'utf8'), /run\/podium\/app/u);
  });

  test('it says what is wrong and exits with 1 when its configuration is wrong', async () => {
    await using place = await createHiddenClone();
    await using server = await createServerProcess({
      root: place.clone,
      dataDirectory: join(place.hidden, 'data'),
      environment: { PODIUM_PORT: 'many', PODIUM_DRIVER: 'none' },
      asRoot: true,
    });
    assert.equal(await Promise.race([server.exited, server.listening]), 1);
  });
});
