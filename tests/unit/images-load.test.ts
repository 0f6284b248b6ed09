import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseImagesArguments } from '../../deploy/images/command-line.ts';
import { makeLoadCommand, pushImages, refInRegistry } from '../../deploy/images/load.ts';

describe('loading images', () => {
  it('asks each tool in its own words', () => {
    assert.deepEqual(makeLoadCommand({ kind: 'kind', cluster: 'lab' }, '/a.tar'), [
      'kind',
      'load',
      'image-archive',
      '/a.tar',
      '--name',
      'lab',
    ]);
    assert.deepEqual(makeLoadCommand({ kind: 'minikube', profile: 'lab' }, '/a.tar'), [
      'minikube',
      'image',
      'load',
      '/a.tar',
      '--profile',
      'lab',
    ]);
    assert.deepEqual(makeLoadCommand({ kind: 'containerd', address: '/c.sock' }, '/a.tar'), [
      'ctr',
      '--address',
      '/c.sock',
      '--namespace',
      'k8s.io',
      'images',
      'import',
      '--local',
      '/a.tar',
    ]);
  });

  it('names an image in a registry as a mirror of its own would', () => {
    assert.equal(refInRegistry('podium.dev/shell:1', 'r.example:5000'), 'r.example:5000/shell:1');
    assert.equal(refInRegistry('docker.io/library/nginx:1.16.0', 'r.example/p/'), 'r.example/p/library/nginx:1.16.0');
  });

  for (const registry of ['https://r.example', '', 'r.example/Upper', '-x']) {
    it(`refuses the registry “${registry}” before anything is pushed`, async () => {
      await assert.rejects(
        pushImages([], { registry, isPlainHttp: false }, () => undefined),
        { code: 'IMAGES_TARGET' },
      );
    });
  }
});

describe('the command line of images', () => {
  const understood: readonly (readonly [string, unknown])[] = [
    ['build', { name: 'build' }],
    ['list', { name: 'list' }],
    ['load kind', { name: 'load', target: { kind: 'kind', cluster: 'kind' } }],
    ['load kind --name lab', { name: 'load', target: { kind: 'kind', cluster: 'lab' } }],
    ['load minikube', { name: 'load', target: { kind: 'minikube', profile: 'minikube' } }],
    ['load containerd', { name: 'load', target: { kind: 'containerd', address: '/run/containerd/containerd.sock' } }],
    ['push r.example --plain-http', { name: 'push', push: { registry: 'r.example', isPlainHttp: true } }],
  ];
  for (const [line, command] of understood) {
    it(`understands “${line}”`, () => {
      const parsed = parseImagesArguments(line.split(' '));
      assert.deepEqual(parsed.ok && parsed.invocation.command, command);
    });
  }

  it('takes a mirror and the strict reading of the recorded list', () => {
    const parsed = parseImagesArguments(['build', '--mirror', 'http://m.example', '--locked']);
    assert.deepEqual(parsed, {
      ok: true,
      invocation: { command: { name: 'build' }, mirror: 'http://m.example', isLockStrict: true },
    });
  });

  const refused: readonly (readonly [string[], RegExp])[] = [
    [[], /Which command/],
    [['bild'], /“bild” is not a command/],
    [['build', 'shell'], /takes no “shell”/],
    [['load'], /kind, minikube and containerd/],
    [['load', 'docker'], /kind, minikube and containerd/],
    [['push'], /which registry/],
    [['push', 'a', 'b'], /“b” is too much/],
    [['build', '--fast'], /--fast/],
  ];
  for (const [args, reason] of refused) {
    it(`says what is wrong with “${args.join(' ')}”`, () => {
      const parsed = parseImagesArguments(args);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
    });
  }
});
