import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { digestFile, DigestMemory, stampFile } from '../../deploy/cluster/digest-file.ts';

describe('the memory of checksums', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-digests-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is right after a file was written to, also when its time of writing is set back', async () => {
    const file = join(folder, 'archive');
    await writeFile(file, 'one');
    const time = new Date('2026-01-01');
    await utimes(file, time, time);
    const memory = await DigestMemory.load(join(folder, 'digests.json'));
    const before = await memory.digest(file);
    assert.equal(before, await digestFile(file));
    const stamp = await stampFile(file);
    // As long as it takes until the kernel's clock, by which it notes changes, has gone on.
    do {
      await writeFile(file, 'two');
      await utimes(file, time, time);
    } while ((await stampFile(file)) === stamp);
    assert.notEqual(await memory.digest(file), before);
    assert.equal(await memory.digest(file), await digestFile(file));
  });

  it('outlives the process, and begins anew when its file is damaged', async () => {
    const file = join(folder, 'program');
    const record = join(folder, 'kept.json');
    await writeFile(file, 'content');
    const first = await DigestMemory.load(record);
    const digest = await first.digest(file);
    await first.save();
    // What it knows is what it says: the file is not read again.
    await writeFile(record, (await readFile(record, 'utf8')).replace(digest, 'remembered'));
    assert.equal(await (await DigestMemory.load(record)).digest(file), 'remembered');
    await appendFile(record, 'torn');
    assert.equal(await (await DigestMemory.load(record)).digest(file), digest);
  });
});
