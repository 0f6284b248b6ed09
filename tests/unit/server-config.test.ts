import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { REFERENCE_FILE, makeConfigReference } from '../../sandbox-server/config-reference.ts';
import { loadConfig } from '../../sandbox-server/config.ts';
import { isLoopback } from '../../sandbox-server/loopback.ts';

const surroundings = { isRoot: false, home: '/home/ada', workingDirectory: '/srv/podium' };
const load = (environment: Record<string, string>, isRoot = false) =>
  loadConfig(environment, { ...surroundings, isRoot });

function problemsOf(environment: Record<string, string>): readonly string[] {
  const result = load(environment);
  return result.ok ? [] : result.problems;
}

describe('the configuration', () => {
  it('listens on this machine only when nothing is set', () => {
    const result = load({});
    assert.ok(result.ok);
    const { host, port, driver, dataDirectory, siteDirectory } = result.config;
    assert.deepEqual(
      { host, port, driver, dataDirectory, siteDirectory },
      {
        host: '127.0.0.1',
        port: 4321,
        driver: 'none',
        dataDirectory: '/home/ada/.local/state/podium',
        siteDirectory: '/srv/podium/dist',
      },
    );
  });

  for (const [isRoot, environment, expected] of [
    [true, {}, '/var/lib/podium/server'],
    [false, { XDG_STATE_HOME: '/state' }, '/state/podium'],
    [true, { PODIUM_DATA: 'data' }, '/srv/podium/data'],
  ] as const) {
    it(`keeps its data in ${expected}`, () => {
      const result = load({ ...environment }, isRoot);
      assert.equal(result.ok && result.config.dataDirectory, expected);
    });
  }

  it('says all mistakes at once, each with what to write', () => {
    const problems = problemsOf({
      PODIUM_PORT: '99999',
      PODIUM_DRIVER: 'docker',
      PODIUM_LISTEN_UNPROTECTED: 'maybe',
      PODIUM_PUBLIC_URL: 'labs.example.org',
      PODIUM_PROT: '80',
    });
    assert.equal(problems.length, 5);
    assert.match(problems.join('\n'), /PODIUM_PORT is "99999"\. Write a whole number from 0 to 65535/);
    assert.match(problems.join('\n'), /PODIUM_DRIVER is "docker"\. Write one of: kubernetes, embedded, local, none/);
    assert.match(problems.join('\n'), /PODIUM_LISTEN_UNPROTECTED is "maybe"\. Write yes or no/);
    assert.match(problems.join('\n'), /PODIUM_PUBLIC_URL is "labs\.example\.org"\. Write an address/);
    assert.match(problems.join('\n'), /PODIUM_PROT is no option/);
  });

  it('takes as the reason for its driver only what has a sentence on the page', () => {
    assert.deepEqual(problemsOf({ PODIUM_DRIVER_REASON: 'not_root' }), []);
    const [problem] = problemsOf({ PODIUM_DRIVER_REASON: 'not_rooot' });
    assert.match(
      problem ?? '',
      /PODIUM_DRIVER_REASON is "not_rooot"\. Write a code of the error table: .*\bnot_root\b/,
    );
  });

  for (const port of ['1e3', '0x50', '80 ', '-1', '8.5']) {
    const isTaken = port.trim() === '80';
    it(`${isTaken ? 'takes' : 'refuses'} "${port}" as a port`, () => {
      assert.equal(problemsOf({ PODIUM_PORT: port }).length, isTaken ? 0 : 1);
    });
  }

  for (const [what, environment, sentence] of [
    ['beyond this machine without a way in', { PODIUM_HOST: '0.0.0.0' }, /--listen-unprotected/],
    [
      'beyond this machine with shells of this machine, whatever else is set',
      { PODIUM_HOST: '0.0.0.0', PODIUM_DRIVER: 'local', PODIUM_LISTEN_UNPROTECTED: 'yes' },
      /on this machine only/,
    ],
    [
      'with more reserved than there may be',
      { PODIUM_SANDBOX_LIMIT: '9', PODIUM_RESERVATIONS: '2026-11-26T17:30Z/2026-11-26T20:00Z=30:first-steps' },
      /keeps 30 sandboxes at once, and PODIUM_SANDBOX_LIMIT is 9/,
    ],
    ['for a cluster without credentials', { PODIUM_DRIVER: 'kubernetes' }, /PODIUM_KUBECONFIG is not set/],
  ] as const) {
    it(`does not start ${what}`, () => {
      assert.match(problemsOf({ ...environment }).join(), sentence);
    });
  }

  for (const given of [
    'postgres://podium:correct-horse@db.example:5432/podium',
    'postgresql://podium@db/podium?sslmode=verify-full',
    'postgres:///podium?host=/run/postgresql',
  ]) {
    it(`takes ${given} for a database`, () => {
      const result = load({ PODIUM_DATABASE_URL: given });
      assert.equal(result.ok && result.config.databaseUrl?.href, given);
    });
  }

  for (const given of [
    'correct-horse',
    'mysql://podium:correct-horse@db/podium',
    'postgres://podium:correct-horse@db',
    'postgres://podium:correct-horse@db:port/podium',
  ]) {
    it(`takes ${given} for no database, and does not repeat it`, () => {
      const [problem, ...others] = problemsOf({ PODIUM_DATABASE_URL: given });
      assert.match(problem ?? '', /^PODIUM_DATABASE_URL cannot be used\. Write an address like postgres:/);
      assert.doesNotMatch(problem ?? '', /correct-horse/);
      assert.deepEqual(others, []);
    });
  }

  it('starts beyond this machine when told so', () => {
    assert.deepEqual(problemsOf({ PODIUM_HOST: '0.0.0.0', PODIUM_LISTEN_UNPROTECTED: 'yes' }), []);
  });

  it('leaves the variables of tests and of the cache alone', () => {
    assert.deepEqual(problemsOf({ PODIUM_TEST_URL: 'x', PODIUM_CACHE: 'x' }), []);
  });

  for (const [host, expected] of [
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.evil.example', false],
    ['192.168.1.4', false],
  ] as const) {
    it(`takes ${host} for ${expected ? 'this machine' : 'beyond it'}`, () => assert.equal(isLoopback(host), expected));
  }

  it('is what its reference page says (node sandbox-server/config-reference.ts writes it anew)', async () => {
    assert.equal(await readFile(REFERENCE_FILE, 'utf8'), makeConfigReference());
  });
});
