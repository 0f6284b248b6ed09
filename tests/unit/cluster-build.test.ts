import assert from 'node:assert/strict';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { estimateRemainingSeconds } from '../../deploy/cluster/build-estimate.ts';
import { exportBundle, importBundle } from '../../deploy/cluster/bundle.ts';
import { makeBuildArguments } from '../../deploy/cluster/compile-part.ts';
import { ClusterError } from '../../deploy/cluster/errors.ts';
import { withFileLock } from '../../deploy/cluster/file-lock.ts';
import { escapeModulePath, parseModules } from '../../deploy/cluster/licences.ts';
import type { StoredPart } from '../../deploy/cluster/part-store.ts';
import { adoptPart, digestFiles, hashPartInputs, isIntact, saveManifest } from '../../deploy/cluster/part-store.ts';
import type { PartPin } from '../../deploy/cluster/pins.ts';
import { partPins } from '../../deploy/cluster/pins.ts';

const modules = path.join(import.meta.dirname, '../../deploy/cluster/modules');
const pin = (coldSeconds: number): PartPin => ({ name: 'x', module: 'm', version: '1', programs: [], coldSeconds });

async function makeFolder(t: { after: (work: () => Promise<void>) => void }): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'podium-cluster-build-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

for (const { name, module, version } of partPins) {
  test(`the pin of ${name}: it is the version that its go.mod asks for, with its checksum in go.sum`, async () => {
    const goMod = await readFile(path.join(modules, name, 'go.mod'), 'utf8');
    const goSum = await readFile(path.join(modules, name, 'go.sum'), 'utf8');
    assert.ok(goMod.includes(`${module} v${version}`));
    assert.ok(goSum.includes(`${module} v${version} h1:`));
  });
}

test('a program of a part: it is compiled without paths of this machine', () => {
  const program = { binary: 'runc', package: 'p', tags: 'seccomp' };
  const expected = ['build', '-trimpath', '-ldflags', '-s -w', '-tags', 'seccomp', '-o', '/o', 'p'];
  assert.deepEqual(makeBuildArguments(program, '/o'), expected);
});

test('a changed checksum of a module: it leads to a new build', async (t) => {
  const folder = await makeFolder(t);
  await writeFile(path.join(folder, 'go.sum'), 'one');
  const before = await hashPartInputs(pin(1), folder);
  assert.equal(await hashPartInputs(pin(99), folder), before, 'the estimate of its time is no input');
  await writeFile(path.join(folder, 'go.sum'), 'two');
  assert.notEqual(await hashPartInputs(pin(1), folder), before);
});

test('how long the build takes: it begins with the table and follows the machine', () => {
  const parts = [pin(100), pin(100), pin(200)];
  const estimate = (current: number, finishedSeconds: number, currentSeconds: number) =>
    estimateRemainingSeconds(parts, { current, finishedSeconds, currentSeconds });
  assert.equal(estimate(0, 0, 0), 400);
  assert.equal(estimate(0, 0, 150), 300, 'the first part takes longer than the table says');
  assert.equal(estimate(2, 100, 0), 100, 'a machine twice as fast as the table');
  assert.equal(estimate(2, 100, 999), 0, 'never negative');
});

async function makeParts(root: string, name: string): Promise<StoredPart> {
  const directory = path.join(root, name);
  await mkdir(path.join(directory, 'bin'), { recursive: true });
  await writeFile(path.join(directory, 'bin', 'etcd'), 'program');
  const part = { inputs: 'abc', files: await digestFiles(directory, ['bin']) };
  await saveManifest(directory, { parts: { etcd: part } });
  return part;
}

test('a part that an older set has: it is taken from there', async (t) => {
  const root = await makeFolder(t);
  await makeParts(root, 'old');
  const target = path.join(root, 'new');
  assert.ok(await adoptPart(root, target, 'etcd', 'abc'));
  assert.equal(await readFile(path.join(target, 'bin', 'etcd'), 'utf8'), 'program');
  assert.equal(await adoptPart(root, target, 'etcd', 'other pins'), undefined);
});

test('a damaged program in the cache: it is found by its checksum, and not taken', async (t) => {
  const root = await makeFolder(t);
  const part = await makeParts(root, 'old');
  await writeFile(path.join(root, 'old', 'bin', 'etcd'), 'pr0gram');
  assert.equal(await isIntact(path.join(root, 'old'), part), false);
  assert.equal(await adoptPart(root, path.join(root, 'new'), 'etcd', 'abc'), undefined);
});

test('two builds at once: it lets the second wait and say so', async (t) => {
  const file = path.join(await makeFolder(t), '.lock');
  const order: string[] = [];
  let startSecond: (() => void) | undefined;
  const isSecondWaiting = new Promise<void>((resolve) => (startSecond = resolve));
  const first = withFileLock(file, async () => {
    const second = withFileLock(file, () => Promise.resolve(order.push('second')), { onWait: () => startSecond?.() });
    await isSecondWaiting;
    order.push('first');
    return { second };
  });
  await (
    await first
  ).second;
  assert.deepEqual(order, ['first', 'second']);
});

test('a bundle: it brings programs and images to another cache', async (t) => {
  const folder = await makeFolder(t);
  await makeParts(path.join(folder, 'here'), '0123456789abcdef');
  await writeFile(path.join(folder, 'shell.tar'), 'image');
  const file = path.join(folder, 'bundle.tgz');
  const partsDirectory = path.join(folder, 'here', '0123456789abcdef');
  await exportBundle(file, { partsDirectory, imageArchives: [path.join(folder, 'shell.tar')] });
  const content = await importBundle(file, path.join(folder, 'there'));
  assert.equal(await readFile(path.join(content.partsDirectory, 'bin', 'etcd'), 'utf8'), 'program');
  assert.equal(await readFile(content.imageArchives[0] ?? '', 'utf8'), 'image');
});

test('a damaged bundle: it is refused, and the cache stays as it was', async (t) => {
  const folder = await makeFolder(t);
  const partsDirectory = path.join(folder, 'here', '0123456789abcdef');
  await makeParts(path.join(folder, 'here'), '0123456789abcdef');
  const file = path.join(folder, 'bundle.tgz');
  await writeFile(path.join(partsDirectory, 'bin', 'etcd'), 'changed after its checksum was taken');
  await exportBundle(file, { partsDirectory, imageArchives: [] });
  const isRefused = (error: unknown) => error instanceof ClusterError && error.code === 'bad-bundle';
  await assert.rejects(importBundle(file, path.join(folder, 'there')), isRefused);
  await assert.rejects(readFile(path.join(folder, 'there', 'parts', '0123456789abcdef', 'bin', 'etcd')));
  await writeFile(file, (await readFile(file)).subarray(0, 100));
  await assert.rejects(importBundle(file, path.join(folder, 'there')), isRefused);
});

test('licences: it finds the modules of a binary, replaced ones by what replaces them', () => {
  const output =
    '/bin/x: go1.26.8\n\tpath\tx\n\tmod\texample.org/X\t(devel)\t\n\tdep\ta.b/C\tv1.0.0\th1:x=\n\tdep\td.e/f\tv2.0.0\n\t=>\tg.h/i\tv3.0.0\th1:y=\n\tbuild\t-trimpath=true\n';
  assert.deepEqual(parseModules(output), [
    { path: 'a.b/C', version: 'v1.0.0' },
    { path: 'g.h/i', version: 'v3.0.0' },
  ]);
  assert.equal(escapeModulePath('github.com/Azure/go'), 'github.com/!azure/go');
});
