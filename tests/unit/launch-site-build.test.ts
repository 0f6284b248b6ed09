import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findEmptyFiles } from '../../deploy/launch/site-build.ts';

describe('a built search index', () => {
  it('is told from one with files that were never filled', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'podium-index-'));
    await mkdir(join(folder, 'index'));
    await writeFile(join(folder, 'entry.json'), '{}');
    assert.deepEqual(await findEmptyFiles(folder), []);
    await writeFile(join(folder, 'engine.js'), '');
    assert.deepEqual(await findEmptyFiles(folder), ['engine.js']);
    await rm(folder, { recursive: true });
  });

  it('may be missing', async () => {
    assert.deepEqual(await findEmptyFiles(join(tmpdir(), 'podium-no-such-folder')), []);
  });
});
