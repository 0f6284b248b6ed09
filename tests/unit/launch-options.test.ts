import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cacheDirectory, dataDirectory } from '../../deploy/launch/directories.ts';
import { type Machine, pickDriver } from '../../deploy/launch/pick-driver.ts';
import { makeClusterProgress, makeConsoleLine } from '../../deploy/launch/progress.ts';
import { decodeStartOptions } from '../../deploy/launch/start-options.ts';
import { describeFileTimes, outcomeOfNodeTests } from '../support/programs.ts';

const debianRoot: Machine = { platform: 'linux', architecture: 'x64', isRoot: true };

suite('npm start', () => {
  test('it listens on loopback and makes a cluster when nothing else is asked for', () => {
    const decoded = decodeStartOptions([]);
    assert.equal(decoded.ok, true);
    assert.partialDeepStrictEqual(decoded, {
      options: { port: 4321, host: '127.0.0.1', name: 'podium', driver: 'auto', listenUnprotected: false },
    });
  });

  test('it names every mistake at once', () => {
    const decoded = decodeStartOptions(['--port', '70000', '--name', 'No!', '--driver', 'docker', '--colour', 'stray']);
    assert.equal(decoded.ok, false);
    assert.ok(decoded.ok === false);
    const text = decoded.mistakes.join('\n');
    for (const word of ['70000', 'No!', 'docker', '--colour', 'stray']) assert.ok(text.includes(word), word);
    assert.equal(decoded.mistakes.length, 5);
  });

  const rows: readonly [string, Partial<Machine>, string, string | undefined][] = [
    ['a Debian machine as root', {}, 'embedded', undefined],
    ['a user who is not root', { isRoot: false }, 'local', 'not_root'],
    ['a Mac', { platform: 'darwin', isRoot: false }, 'local', 'not_linux'],
    ['an ARM machine', { architecture: 'arm64' }, 'local', 'not_amd64'],
  ];
  for (const [who, difference, driver, reasonCode] of rows) {
    test(`it gives ${who} the ${driver} driver and says why`, () => {
      const picked = pickDriver('auto', { ...debianRoot, ...difference });
      assert.equal(picked.driver, driver);
      assert.equal(picked.reasonCode, reasonCode);
      assert.match(picked.because, /\.$/u);
    });
  }

  test('it says why a cluster that was asked for cannot be had, rather than failing later', () => {
    assert.equal(pickDriver('embedded', { ...debianRoot, isRoot: false }).reasonCode, 'not_root');
  });

  test('it keeps the data of two names apart', () => {
    assert.notEqual(dataDirectory({}, 'one', true), dataDirectory({}, 'two', true));
    assert.equal(dataDirectory({ XDG_STATE_HOME: '/s' }, 'one', false), '/s/podium/one');
    assert.equal(cacheDirectory({ XDG_CACHE_HOME: '/c' }), '/c/podium');
    assert.equal(cacheDirectory({ XDG_CACHE_HOME: '/c', PODIUM_CACHE: '/p' }), '/p');
  });

  test('it tells console and page how far the build is', () => {
    const work = { stage: 'build', part: 'cilium', index: 7, count: 14, remainingSeconds: 412.4 };
    assert.equal(makeConsoleLine(work), '[build] cilium (7 of 14, about 7 minutes left)');
    assert.deepEqual(makeClusterProgress(work), {
      state: 'building',
      part: 'cilium',
      index: 7,
      count: 14,
      remainingSeconds: 412,
    });
    assert.equal(makeClusterProgress({ ...work, stage: 'probe' }).state, 'probing');
  });
});

suite('npm test', () => {
  test('it counts what node --test reports', () => {
    const output = 'ℹ tests 5\nℹ suites 1\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ todo 0\n';
    assert.deepEqual(outcomeOfNodeTests(output, 1), { passed: 3, failed: 2, skipped: 0 });
  });

  test('it takes a run without any test, or without a report, as a failure', () => {
    const empty = 'ℹ pass 0\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n';
    assert.equal(outcomeOfNodeTests(empty, 0).failed, 1);
    assert.equal(outcomeOfNodeTests('Segmentation fault', null).failed, 1);
  });

  test('it says which files took how long, the longest first', () => {
    const files = [
      { file: 'short.test.ts', ms: 999 },
      { file: 'long.test.ts', ms: 1040 },
      { file: 'longest.test.ts', ms: 63_700 },
    ];
    assert.equal(
      describeFileTimes(files),
      '    63.7 s  longest.test.ts\n     1.0 s  long.test.ts\n            1 of less than a second\n',
    );
    assert.equal(describeFileTimes([]), '');
  });
});
