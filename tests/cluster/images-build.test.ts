/** The build without a daemon, on small stand-ins for the programs: real file systems, real namespaces, no network. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { lockBuilds } from '../../deploy/images/build-lock.ts';
import { buildSystemImages, requiredPackages } from '../../deploy/images/build.ts';
import { missingPackages } from '../../deploy/launch/debian-packages.ts';
import { convertWhiteouts } from '../../deploy/images/whiteouts.ts';

const run = promisify(execFile);
const PROGRAMS = ['pause', 'coredns', 'metrics-server', 'local-path-provisioner'];

const missing = await missingPackages(requiredPackages());
const skip =
  (process.getuid?.() !== 0 && 'building images without Docker needs root') ||
  (missing.length > 0 && `Debian packages are missing: apt-get install ${missing.join(' ')}`);

describe('building images', { skip }, () => {
  let folder = '';
  let options = { cacheDir: '', partsDirectory: '' };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-build-'));
    options = { cacheDir: join(folder, 'cache'), partsDirectory: join(folder, 'parts') };
    await mkdir(join(folder, 'parts/bin'), { recursive: true });
    for (const name of PROGRAMS) {
      await copyFile('/bin/true', join(folder, 'parts/bin', name));
      await mkdir(join(folder, 'parts/licences', name), { recursive: true });
      await writeFile(join(folder, 'parts/licences', name, 'LICENSE'), 'free\n');
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('builds each image once for the same inputs, and anew when a program has changed', async () => {
    const built: string[] = [];
    const counted = { ...options, onProgress: ({ part }: { part: string }) => built.push(part) };
    const first = await buildSystemImages(counted);
    assert.deepEqual(built, PROGRAMS);
    assert.deepEqual(await buildSystemImages(counted), first);
    assert.deepEqual(built, PROGRAMS);
    await copyFile('/bin/false', join(folder, 'parts/bin/coredns'));
    await buildSystemImages(counted);
    assert.deepEqual(built, [...PROGRAMS, 'coredns']);
  });

  it('builds a damaged archive again', async () => {
    const [first] = await buildSystemImages(options);
    assert.ok(first);
    await truncate(first.archive, 100);
    const [again] = await buildSystemImages(options);
    assert.equal((await stat(again?.archive ?? '')).size, first.sizeBytes);
  });

  it('stops when told to, leaves no mount, and goes on from there', async () => {
    const stopping = new AbortController();
    const onProgress = ({ part }: { part: string }) => part === 'metrics-server' && stopping.abort();
    await assert.rejects(buildSystemImages({ ...options, onProgress, signal: stopping.signal }), {
      name: 'AbortError',
    });
    assert.doesNotMatch((await run('cat', ['/proc/self/mounts'])).stdout, new RegExp(folder));
    const built: string[] = [];
    await buildSystemImages({ ...options, onProgress: ({ part }) => built.push(part) });
    assert.deepEqual(built, ['metrics-server', 'local-path-provisioner']);
  });

  it('names the program that is missing, and how to make it', async () => {
    await rm(join(folder, 'parts/bin/pause'));
    await assert.rejects(buildSystemImages(options), {
      code: 'IMAGES_BINARY_MISSING',
      message: /bin\/pause is missing.*npm run cluster -- build/,
    });
  });

  it('waits for another build of the same cache and says for which', async () => {
    const waitedFor: string[] = [];
    const first = await lockBuilds(folder, () => assert.fail('nobody else builds'));
    const second = lockBuilds(folder, (holder) => {
      waitedFor.push(holder);
      void first[Symbol.asyncDispose]();
    });
    await (await second)[Symbol.asyncDispose]();
    assert.deepEqual(waitedFor, [String(process.pid)]);
  });

  it('notes deleted files and replaced folders as image layers do', async () => {
    const upper = join(folder, 'upper');
    await mkdir(join(upper, 'etc/replaced'), { recursive: true });
    await run('mknod', [join(upper, 'etc/gone'), 'c', '0', '0']);
    await run('setfattr', ['-n', 'trusted.overlay.opaque', '-v', 'y', join(upper, 'etc/replaced')]);
    await convertWhiteouts(upper);
    assert.deepEqual((await readdir(upper, { recursive: true })).sort(), [
      'etc',
      'etc/.wh.gone',
      'etc/replaced',
      'etc/replaced/.wh..wh..opq',
    ]);
  });
});
