import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pruneFolders } from '../../deploy/cluster/prune-folders.ts';

describe('a build that has ended', () => {
  let root = '';
  let instances = '';
  beforeEach(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'podium-prune-'));
    root = path.join(folder, 'images');
    instances = path.join(folder, 'clusters');
    // Oldest first; `shell-3` is what was built just now.
    for (const [age, name] of ['shell-1', 'web-1', 'shell-2', 'web-2', 'shell-3', 'base-1', 'base-2'].entries()) {
      await mkdir(path.join(root, name), { recursive: true });
      await writeFile(path.join(root, name, 'image.tar'), '');
      await utimes(path.join(root, name), age, age);
    }
    await writeFile(path.join(root, 'lock'), '');
  });
  afterEach(() => rm(path.dirname(root), { recursive: true }));

  const prune = (current: readonly string[]) =>
    pruneFolders(root, {
      current: current.map((name) => path.join(root, name)),
      kindOf: (directory) => Promise.resolve(/\/(shell|web)-\d$/u.exec(directory)?.[1]),
      instances,
    });

  async function addInstance(
    name: string,
    settings: { partsDirectory: string; imageArchives: string[] },
  ): Promise<void> {
    await mkdir(path.join(instances, name), { recursive: true });
    await writeFile(path.join(instances, name, 'settings.json'), JSON.stringify(settings));
  }

  it('keeps itself and the newest before it, removes what is older, and leaves alone what is no build', async () => {
    assert.deepEqual(await prune(['shell-3', 'web-2']), [path.join(root, 'shell-1')]);
    assert.deepEqual((await readdir(root)).sort(), [
      'base-1',
      'base-2',
      'lock',
      'shell-2',
      'shell-3',
      'web-1',
      'web-2',
    ]);
  });

  it('keeps the newest before it also when the present one is an old one again', async () => {
    assert.deepEqual(await prune(['shell-1', 'web-1']), [path.join(root, 'shell-2')]);
  });

  it('takes nothing away that an instance was started with', async () => {
    await addInstance('one', {
      partsDirectory: '/elsewhere',
      imageArchives: [path.join(root, 'shell-1', 'image.tar')],
    });
    await addInstance('two', { partsDirectory: path.join(root, 'web-1'), imageArchives: [] });
    await mkdir(path.join(instances, 'down'));
    assert.deepEqual(await prune(['shell-3']), []);
  });
});
