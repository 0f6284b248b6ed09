import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { partPins, pins } from '../../deploy/cluster/pins.ts';
import {
  IMAGES,
  LAB_IMAGE_REFS,
  NGINX_VERSION,
  SYSTEM_VERSIONS,
  refsOf,
  writtenForms,
} from '../../deploy/images/catalogue.ts';
import { parseLock } from '../../deploy/images/debian-lock.ts';
import { LOCK_FILE } from '../../deploy/images/debian-packages.ts';
import { loadRecipe, packagesOf } from '../../deploy/images/recipe.ts';
import { AGENT_IMAGE } from '../../sandbox-server/driver/kubernetes/names.ts';

const locked = new Map(parseLock(await readFile(LOCK_FILE, 'utf8')).map((each) => [each.name, each]));
const recipes = await Promise.all(IMAGES.map(loadRecipe));

describe('the catalogue of images', () => {
  it('gives each name to one image only, written in full', () => {
    const refs = IMAGES.flatMap(refsOf);
    assert.equal(new Set(refs).size, refs.length);
    for (const ref of refs) assert.match(ref, /^[a-z.]+\.[a-z]+\/[a-z0-9./-]+:[A-Za-z0-9._-]+$/);
  });

  it('has the image that shell pods mount, which learners are not told of', () => {
    assert.equal(IMAGES.flatMap(refsOf).filter((ref) => ref === AGENT_IMAGE).length, 1);
    assert.ok(!LAB_IMAGE_REFS.includes(AGENT_IMAGE));
  });

  it('holds the names that textbooks use', () => {
    const forms = writtenForms(LAB_IMAGE_REFS);
    const textbook = [
      'nginx',
      'nginx:latest',
      'nginx:1.16.0',
      'docker.io/nginx:1.14.2',
      'docker.io/library/nginx',
      'library/nginx:1.16.1',
      'busybox',
      'busybox:1.28',
      'gcr.io/google-samples/kubernetes-bootcamp:v1',
      'jocatalin/kubernetes-bootcamp:v2',
    ];
    assert.deepEqual(
      textbook.filter((name) => !forms.includes(name)),
      [],
    );
  });

  it('does not take another host’s image for one of the Docker Hub', () => {
    assert.deepEqual(writtenForms(['podium.dev/shell:1']), ['podium.dev/shell:1']);
    assert.ok(!writtenForms(LAB_IMAGE_REFS).includes('shell:1'));
  });

  it('carries the versions that are really in the images', () => {
    assert.ok(locked.get('nginx')?.version.startsWith(`${NGINX_VERSION}-`), locked.get('nginx')?.version);
    assert.equal(SYSTEM_VERSIONS.coredns, pins.coredns);
    assert.equal(SYSTEM_VERSIONS.metricsServer, pins.metricsServer);
    assert.equal(SYSTEM_VERSIONS.localPathProvisioner, pins.localPathProvisioner);
  });

  it('has every Debian package that a Dockerfile installs on the recorded list', () => {
    const wanted = recipes.flatMap(packagesOf);
    assert.ok(wanted.includes('bash-completion') && wanted.includes('nginx') && wanted.includes('nodejs'));
    assert.deepEqual(
      wanted.filter((name) => !locked.has(name)),
      [],
    );
  });

  for (const { image, dockerfile, configs } of recipes) {
    it(`builds ${image.name} under Docker with the pinned Go`, () => {
      for (const [, version] of dockerfile.matchAll(/^FROM golang:(\S+)-bookworm/gm)) assert.equal(version, pins.go);
      assert.ok(dockerfile.includes(`docker build -f deploy/images/${image.name}/Dockerfile`));
    });

    it(`compiles the programs of ${image.name} under Docker as the cluster’s are compiled`, () => {
      const compiled = dockerfile.matchAll(/^RUN go-binary \/modules?(?:\/(\S+))? (\S+) \/ (\S+)(?: "(.*)")?$/gm);
      for (const [, folder, path, binary, flags] of compiled) {
        const pin = partPins.find(({ programs }) => programs.some((program) => program.binary === binary));
        const program = pin?.programs.find((each) => each.binary === binary);
        if (!pin || !program) continue; // our own: the image's build compiles it by the same script
        assert.deepEqual([path, flags], [program.package, program.linkerFlags]);
        const copied = /^COPY cluster\/modules\/(\S+) \/module$/m.exec(dockerfile)?.[1];
        assert.equal(folder ?? copied, pin.name);
      }
    });

    it(`starts ${image.name} by a program, not by a shell that swallows signals`, () => {
      for (const { config } of configs) assert.ok((config.Entrypoint ?? config.Cmd ?? []).length > 0);
    });
  }
});
