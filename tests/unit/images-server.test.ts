/** What goes into the server's image, found by following its imports. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { findPackageFolders, findServerSources } from '../../deploy/images/server-sources.ts';

const root = join(import.meta.dirname, '../..');

describe('the server’s image', async () => {
  const { files, packages } = await findServerSources(root);

  it('takes along each program, its workers, and what they import', () => {
    for (const file of [
      'sandbox-server/main.ts',
      'sandbox-server/janitor.ts',
      'sandbox-server/cli/podium.ts',
      'sandbox-server/store/sqlite-worker.ts',
      'sandbox-server/driver/kubernetes/kubernetes-driver.ts',
    ])
      assert.ok(files.includes(file), file);
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
    assert.deepEqual(
      files.filter((file) => !/^(sandbox-server|deploy)\/.+\.ts$/.test(file)),
      [],
    );
  });

  it('takes along the packages of the server, and none that only builds the site or is compiled on this machine', async () => {
    for (const name of ['fastify', '@kubernetes/client-node', 'zod', 'ws', 'kysely'])
      assert.ok(packages.includes(name), name);
    const folders = await findPackageFolders(root, packages);
    for (const name of ['astro', 'jsdom', 'reveal.js', 'typescript', 'node-pty', '@xterm/xterm'])
      assert.ok(!folders.includes(`node_modules/${name}`), name);
    assert.ok(folders.includes('node_modules/find-my-way'), 'what a package needs comes with it');
  });

  it('runs the Node of this repository, under Docker too', async () => {
    const dockerfile = await readFile(join(root, 'deploy/images/server/Dockerfile'), 'utf8');
    const { devDependencies, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      devDependencies: { node: string };
      version: string;
    };
    assert.match(dockerfile, new RegExp(`^FROM node:${devDependencies.node}-bookworm AS binaries$`, 'm'));
    assert.ok(dockerfile.includes(`-t podium.dev/server:${version} `));
  });
});

describe('packages', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-packages-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function install(packages: Readonly<Record<string, object>>): Promise<void> {
    for (const [place, manifest] of Object.entries(packages)) {
      const file = join(folder, 'node_modules', place, 'package.json');
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(manifest));
    }
  }

  it('are found as Node finds them: the inner one before the outer one', async () => {
    await install({
      a: { dependencies: { b: '1', '@s/c': '1', '@types/b': '1' } },
      'a/node_modules/b': { dependencies: { d: '1' } },
      b: {},
      '@s/c': { dependencies: { b: '2' }, optionalDependencies: { 'of-another-machine': '1' } },
      d: { dependencies: { a: '1' } },
      unused: {},
    });
    assert.deepEqual(await findPackageFolders(folder, ['a']), [
      'node_modules/@s/c',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/b',
      'node_modules/d',
    ]);
  });

  it('that are not installed are named', async () => {
    await install({ a: { dependencies: { missing: '1' } } });
    await assert.rejects(findPackageFolders(folder, ['a']), {
      code: 'IMAGES_STEP_FAILED',
      message: /npm package missing is not installed.*npm ci/,
    });
  });
});
