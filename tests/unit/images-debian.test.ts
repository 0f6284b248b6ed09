import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeDrift, formatLock, parseLock } from '../../deploy/images/debian-lock.ts';
import { makeMirrorSources, makeSourceLine, sourcesOf } from '../../deploy/images/debian-sources.ts';

const bash = { name: 'bash', version: '5.2.15-2+b9', sizeBytes: 1490892, sha256: 'a'.repeat(64) };
const vim = { name: 'vim', version: '2:9.0.1378-2', sizeBytes: 1567756, sha256: 'b'.repeat(64) };

describe('the recorded list of Debian packages', () => {
  it('reads back what it wrote, in the order of names', () => {
    assert.deepEqual(parseLock(formatLock([vim, bash])), [bash, vim]);
  });

  it('names the line that is damaged, and what to do', () => {
    assert.throws(() => parseLock(`# head\n${'bash 5 x y'}\n`), {
      code: 'IMAGES_CHECKSUM',
      message: /line 2, .*npm run images -- lock/,
    });
  });

  it('says what changed, package by package', () => {
    const newer = { ...bash, version: '5.2.15-3', sha256: 'c'.repeat(64) };
    const tampered = { ...vim, sha256: 'd'.repeat(64) };
    assert.deepEqual(describeDrift([bash], [bash]), []);
    assert.deepEqual(describeDrift([bash, vim], [newer]), [
      'bash 5.2.15-2+b9 → 5.2.15-3',
      'vim 2:9.0.1378-2 is no longer needed',
    ]);
    assert.deepEqual(describeDrift([bash], [bash, vim]), ['vim 2:9.0.1378-2 is new']);
    assert.deepEqual(describeDrift([vim], [tampered]), ['vim 2:9.0.1378-2 has another content than recorded']);
  });
});

describe('where packages come from', () => {
  it('uses the mirrors that the machine uses, with the release of the images', () => {
    const uris = [
      'http://other.example/ubuntu/',
      'http://mirror.example/debian/',
      'http://mirror.example/debian-security',
    ];
    assert.deepEqual(
      sourcesOf(uris).map(({ uri, suite }) => `${uri} ${suite}`),
      [
        'http://mirror.example/debian/ bookworm',
        'http://mirror.example/debian/ bookworm-updates',
        'http://mirror.example/debian-security bookworm-security',
      ],
    );
  });

  it('finds none on a machine whose apt has no mirror of Debian', () => {
    assert.deepEqual(sourcesOf(['http://archive.example/ubuntu/', 'http://x.example/debian-derived/']), []);
  });

  it('takes a mirror with or without a slash at its end, and trusts only what Debian has signed', () => {
    assert.deepEqual(makeMirrorSources('http://m.example/'), makeMirrorSources('http://m.example'));
    assert.equal(
      makeSourceLine({ uri: 'http://m.example/debian', suite: 'bookworm' }),
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://m.example/debian bookworm main\n',
    );
  });
});
