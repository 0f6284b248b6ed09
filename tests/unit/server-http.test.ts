import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listOwnNames, makeAddresses } from '../../sandbox-server/http/addresses.ts';
import {
  hashInlineScripts,
  makePagePolicy,
  readFramingOrigins,
} from '../../sandbox-server/http/content-security-policy.ts';
import { chooseLanguage, languageOfPath } from '../../sandbox-server/http/language.ts';

describe('the language of a visitor', () => {
  for (const [header, expected] of [
    [undefined, 'en'],
    ['', 'en'],
    ['fr', 'fr'],
    ['fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5', 'fr'],
    ['de, en;q=0.3, fr;q=0.7', 'fr'],
    ['de', 'en'],
    ['fr;q=0', 'en'],
    ['FR', 'fr'],
    [';;;,q=', 'en'],
  ] as const) {
    it(`is ${expected} for "${header}"`, () => assert.equal(chooseLanguage(header), expected));
  }

  for (const [path, expected] of [
    ['/fr/labs/', 'fr'],
    ['/en', 'en'],
    ['/french/', undefined],
    ['/', undefined],
  ] as const) {
    it(`is ${expected ?? 'open'} at ${path}`, () => assert.equal(languageOfPath(path), expected));
  }
});

describe('an address', () => {
  const addresses = makeAddresses({
    publicUrl: new URL('https://labs.example.org'),
    ownNames: listOwnNames('127.0.0.1', true),
  });

  for (const [host, expected] of [
    ['localhost:4321', true],
    ['127.0.0.1:9999', true],
    ['[::1]:4321', true],
    ['LOCALHOST', true],
    ['labs.example.org', true],
    ['evil.example', false],
    ['localhost.evil.example', false],
    ['evil.example/localhost', false],
    ['localhost@evil.example', false],
    ['', false],
    [undefined, false],
  ] as const) {
    it(`with Host ${host} is ${expected ? 'ours' : 'refused'}`, () =>
      assert.equal(addresses.isOwnHost(host), expected));
  }

  for (const [origin, host, expected] of [
    ['http://localhost:4321', 'localhost:4321', true],
    ['https://labs.example.org', 'labs.example.org', true],
    ['https://labs.example.org', '127.0.0.1:4321', true],
    ['http://localhost:9999', 'localhost:4321', false],
    ['https://evil.example', 'localhost:4321', false],
    ['null', 'localhost:4321', false],
    [undefined, 'localhost:4321', false],
  ] as const) {
    it(`may ${expected ? '' : 'not '}act from ${origin} at ${host}`, () =>
      assert.equal(addresses.isOwnOrigin(origin, host), expected));
  }
});

describe('the policy of a page', () => {
  it('lets exactly the inline scripts of the page run', () => {
    const html =
      '<script>a()</script><script type="module">b()</script><script src="/x.js"></script>' +
      '<script type="application/json">{}</script><SCRIPT data-a="1">a()</SCRIPT>';
    // printf 'a()' | openssl dgst -sha256 -binary | base64
    assert.deepEqual(hashInlineScripts(html), [
      "'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4='",
      "'sha256-cf242PFc/kb7xD0Qzhsmd9vvRkc+cWFmbi+k+YvtdKc='",
    ]);
  });

  it('allows neither foreign nor evaluated scripts, and no frames of others', () => {
    const policy = makePagePolicy([]);
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
    assert.match(policy, /frame-ancestors 'self'/);
    assert.doesNotMatch(policy, /'unsafe-eval'|script-src[^;]*'unsafe-inline'|https:/);
  });

  it('lets those frame a deck whom its head names, and nothing else come into the policy by that', () => {
    const page = (content: string): string => `<head><meta name="podium-framed-by" content="${content}"></head>`;
    const origins = readFramingOrigins(page('https://wiki.example.org http://127.0.0.1:8080'));
    assert.match(
      makePagePolicy([], origins),
      /frame-ancestors 'self' https:\/\/wiki\.example\.org http:\/\/127\.0\.0\.1:8080$/,
    );
    assert.deepEqual(readFramingOrigins(page("https://a.example;script-src * 'unsafe-inline' https:")), []);
    assert.deepEqual(readFramingOrigins(`<head></head><body>${page('https://slide.example')}</body>`), []);
  });
});
