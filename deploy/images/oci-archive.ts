/**
 * Writes images in the OCI layout as one tar that `ctr images import`, `docker load`, `kind load image-archive`,
 * `minikube image load` and `skopeo` read. Image specification: https://github.com/opencontainers/image-spec v1.1.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { runCommand } from './command.ts';
import { DEFAULT_PATH } from './dockerfile.ts';
import type { RuntimeConfig } from './dockerfile.ts';
import { ImageError } from './image-error.ts';

/** 3 is zstd's default: level 9 takes four times as long for a tenth less. */
const COMPRESSION_LEVEL = 3;

/** Newer times are set back to it, so that times do not make two builds differ: the start of the release's year. */
const LAYER_EPOCH_SECONDS = 1_767_225_600;

export interface Layer {
  readonly file: string;
  readonly digest: string;
  /** Digest of the layer unpacked. */
  readonly diffId: string;
  readonly sizeBytes: number;
}

export interface ImageManifest {
  readonly ref: string;
  /** Digest of the manifest that this name leads to; what `ctr images list` shows. */
  readonly digest: string;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

/** Packs a tree into `file`, compressed; `exclude` are patterns relative to it. */
export async function writeLayer(
  directory: string,
  file: string,
  exclude: readonly string[],
  signal?: AbortSignal,
): Promise<Layer> {
  const args = [
    '--create',
    '--sort=name',
    '--numeric-owner',
    '--xattrs',
    '--xattrs-include=security.capability',
    '--clamp-mtime',
    `--mtime=@${LAYER_EPOCH_SECONDS}`,
    '--format=posix',
    '--pax-option=delete=atime,delete=ctime',
    ...exclude.map((each) => `--exclude=${each}`),
    `--directory=${directory}`,
    '.',
  ];
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = new Promise<number | null>((resolve, reject) => tar.on('error', reject).on('close', resolve));
  const unpacked = createDigest();
  const packed = createDigest();
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL } });
  await pipeline(
    tar.stdout,
    unpacked.stream,
    compress,
    packed.stream,
    createWriteStream(file),
    signal ? { signal } : {},
  );
  if ((await ended) !== 0)
    throw new ImageError('IMAGES_STEP_FAILED', `Failed while packing ${directory}: ${complaint.trim()}`);
  return { file, digest: packed.digest(), diffId: unpacked.digest(), sizeBytes: packed.sizeBytes() };
}

/** A name, and how a container of that name starts. */
export interface NamedConfig {
  readonly ref: string;
  readonly config: RuntimeConfig;
}

export interface ArchiveContents {
  readonly layers: readonly Layer[];
  readonly configs: readonly NamedConfig[];
}

/** Writes the archive in place of `file`, at once whole or not at all. `workDirectory` is used and removed. */
export async function writeArchive(
  file: string,
  workDirectory: string,
  contents: ArchiveContents,
  signal?: AbortSignal,
): Promise<ImageManifest[]> {
  const blobs = join(workDirectory, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  for (const layer of contents.layers) await linkOrCopy(layer.file, join(blobs, layer.digest.slice('sha256:'.length)));
  const written = [];
  for (const named of contents.configs) {
    const config = await writeBlob(blobs, makeConfig(named, contents.layers));
    const manifest = await writeBlob(blobs, makeManifest(config, contents.layers));
    written.push({ ref: named.ref, config, manifest });
  }
  await writeFile(join(workDirectory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(workDirectory, 'index.json'), JSON.stringify(makeIndex(written)));
  await writeFile(join(workDirectory, 'manifest.json'), JSON.stringify(makeDockerManifest(written, contents.layers)));
  const members = ['oci-layout', 'index.json', 'manifest.json', 'blobs'];
  await runCommand(
    'tar',
    [
      '--create',
      '--sort=name',
      '--numeric-owner',
      '--owner=0',
      '--group=0',
      `--mtime=@${LAYER_EPOCH_SECONDS}`,
      `--file=${file}.part`,
      `--directory=${workDirectory}`,
      ...members,
    ],
    { purpose: `writing ${file}` },
    signal,
  );
  await rename(`${file}.part`, file);
  await rm(workDirectory, { recursive: true, force: true });
  return written.map(({ ref, manifest }) => ({ ref, digest: manifest.digest }));
}

interface WrittenImage {
  readonly ref: string;
  readonly config: Blob;
  readonly manifest: Blob;
}

/** The label makes the configuration, and with it the image ID, differ by name: `kubectl describe` then shows the name that was asked for. */
function makeConfig({ ref, config }: NamedConfig, layers: readonly Layer[]): object {
  return {
    architecture: 'amd64',
    os: 'linux',
    created: new Date(LAYER_EPOCH_SECONDS * 1000).toISOString(),
    config: { ...config, Env: [DEFAULT_PATH, ...config.Env], Labels: { 'dev.podium.image.ref': ref } },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

function makeManifest(config: Blob, layers: readonly Layer[]): object {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ digest, sizeBytes }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
      digest,
      size: sizeBytes,
    })),
  };
}

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

function makeIndex(images: readonly WrittenImage[]): object {
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: images.map(({ ref, manifest }) => ({
      mediaType: MANIFEST_TYPE,
      ...manifest,
      platform: { architecture: 'amd64', os: 'linux' },
      annotations: { 'io.containerd.image.name': ref, 'org.opencontainers.image.ref.name': ref },
    })),
  };
}

/** What `docker load` before version 25 reads instead of the index. */
function makeDockerManifest(images: readonly WrittenImage[], layers: readonly Layer[]): object {
  const pathOf = (digest: string): string => `blobs/sha256/${digest.slice('sha256:'.length)}`;
  return images.map(({ ref, config }) => ({
    Config: pathOf(config.digest),
    RepoTags: [ref],
    Layers: layers.map(({ digest }) => pathOf(digest)),
  }));
}

async function writeBlob(blobs: string, content: object): Promise<Blob> {
  const text = JSON.stringify(content);
  const hex = createHash('sha256').update(text).digest('hex');
  await writeFile(join(blobs, hex), text);
  return { digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}

/** A link where both lie on one file system: a base layer is then not copied for each image. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}

function createDigest(): { stream: Transform; digest: () => string; sizeBytes: () => number } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}`, sizeBytes: () => bytes };
}
