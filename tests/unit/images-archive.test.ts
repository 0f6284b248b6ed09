import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { writeArchive, writeLayer } from '../../deploy/images/oci-archive.ts';

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'podium-images-'));
after(() => rm(folder, { recursive: true }));

/** An archive of one small layer under two names, unpacked again. */
async function makeArchive(): Promise<string> {
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'etc'), { recursive: true });
  await writeFile(join(tree, 'etc/motd'), 'hello\n');
  await mkdir(join(tree, 'proc'), { recursive: true });
  await writeFile(join(tree, 'proc/left-out'), '');
  const layer = await writeLayer(tree, join(folder, 'layer'), ['./proc/*']);
  const named = (ref: string, version: string) => ({ ref, config: { Env: [`VERSION=${version}`], Cmd: ['sh'] } });
  const configs = [named('podium.dev/x:1', '1'), named('docker.io/library/x:2', '2'), named('podium.dev/x:2', '2')];
  const archive = join(folder, 'image.tar');
  const manifests = await writeArchive(archive, join(folder, 'work'), { layers: [layer], configs });
  assert.equal(new Set(manifests.map(({ digest }) => digest)).size, 3, 'each name has an identity of its own');
  const unpacked = join(folder, 'unpacked');
  await mkdir(unpacked);
  await run('tar', ['-xf', archive, '-C', unpacked]);
  return unpacked;
}

const unpacked = await makeArchive();
const blobs = join(unpacked, 'blobs/sha256');

interface Index {
  readonly manifests: readonly { readonly digest: string; readonly annotations: Readonly<Record<string, string>> }[];
}
interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}
interface Config {
  readonly config: { readonly Env: readonly string[] };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

const readJson = async <T>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T;
const blobPath = (digest = '') => join(blobs, digest.replace('sha256:', ''));
const readIndex = () => readJson<Index>(join(unpacked, 'index.json'));
const readManifest = (digest = '') => readJson<Manifest>(blobPath(digest));

describe('an image archive', () => {
  it('names each blob by what is in it', async () => {
    for (const name of await readdir(blobs)) {
      assert.equal(
        createHash('sha256')
          .update(await readFile(join(blobs, name)))
          .digest('hex'),
        name,
      );
    }
  });

  it('tells containerd the names in full', async () => {
    const { manifests } = await readIndex();
    assert.deepEqual(
      manifests.map(({ annotations }) => annotations['io.containerd.image.name']),
      ['podium.dev/x:1', 'docker.io/library/x:2', 'podium.dev/x:2'],
    );
  });

  it('gives each name its own environment and one shared layer', async () => {
    const { manifests } = await readIndex();
    const images = await Promise.all(manifests.map(({ digest }) => readManifest(digest)));
    assert.equal(new Set(images.map(({ layers }) => layers[0]?.digest)).size, 1);
    const configs = await Promise.all(images.map(({ config }) => readJson<Config>(blobPath(config.digest))));
    assert.deepEqual(
      configs.map(({ config }) => config.Env.at(-1)),
      ['VERSION=1', 'VERSION=2', 'VERSION=2'],
    );
    const layer = zstdDecompressSync(await readFile(blobPath(images[0]?.layers[0]?.digest)));
    assert.equal(`sha256:${createHash('sha256').update(layer).digest('hex')}`, configs[0]?.rootfs.diff_ids[0]);
  });

  it('leaves out what was excluded', async () => {
    const { manifests } = await readIndex();
    const { layers } = await readManifest(manifests[0]?.digest);
    const { stdout } = await run('tar', ['--zstd', '-tf', blobPath(layers[0]?.digest)]);
    assert.deepEqual(stdout.trim().split('\n'), ['./', './etc/', './etc/motd', './proc/']);
  });

  it('can also be read by older Dockers', async () => {
    type Listed = readonly { readonly RepoTags: readonly string[]; readonly Config: string }[];
    const listed = await readJson<Listed>(join(unpacked, 'manifest.json'));
    assert.deepEqual(listed[1]?.RepoTags, ['docker.io/library/x:2']);
    await readJson(join(unpacked, listed[1].Config));
  });
});
