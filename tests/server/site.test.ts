import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Browser } from './browser.ts';
import { PAGE, startServer, type RunningServer } from './running-server.ts';

describe('the site', () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    new Browser(server.origin).send(path, { headers });

  for (const [wish, expected] of [
    ['fr-FR,fr;q=0.9', '/fr/'],
    ['de', '/en/'],
  ] as const) {
    it(`sends a visitor who reads ${wish} to ${expected}`, async () => {
      const { status, headers } = await get('/', { 'accept-language': wish });
      assert.deepEqual([status, headers.location, headers.vary], [302, expected, 'accept-language']);
    });
  }

  it('gives a page that is always fresh, with a policy for its own scripts', async () => {
    const { status, headers, text } = await get('/en/');
    assert.deepEqual([status, text, headers['cache-control']], [200, PAGE, 'private, no-cache']);
    assert.match(String(headers['content-security-policy']), /script-src 'self' 'wasm-unsafe-eval' 'sha256-/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('lets a browser keep what has a hash in its name for good', async () => {
    const { headers } = await get('/_astro/page.abc123.js');
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(headers['set-cookie'], undefined);
  });

  it('answers 304 for what a browser has already', async () => {
    const { headers } = await get('/favicon.svg');
    assert.equal(headers['cache-control'], 'public, no-cache');
    assert.equal((await get('/favicon.svg', { 'if-none-match': headers.etag ?? '' })).status, 304);
  });

  it('serves the compressed file beside another one', async () => {
    await writeFile(join(server.directory, 'dist/_astro/page.abc123.js.gz'), 'compressed');
    const { headers, text } = await get('/_astro/page.abc123.js', { 'accept-encoding': 'gzip' });
    assert.deepEqual([headers['content-encoding'], text], ['gzip', 'compressed']);
    assert.match(headers['content-type'] ?? '', /javascript/);
    assert.match(headers['cache-control'] ?? '', /immutable/);
  });

  for (const [path, language, page] of [
    ['/fr/nulle-part/', 'en', '<p>Pas ici'],
    ['/en/nowhere/', 'fr', '<p>Not here'],
    ['/nowhere', 'fr', '<p>Pas ici'],
  ] as const) {
    it(`says in the right language that there is no ${path}`, async () => {
      const { status, text, headers } = await get(path, { 'accept-language': language });
      assert.deepEqual([status, text], [404, page]);
      assert.match(String(headers['content-security-policy']), /script-src/);
    });
  }

  for (const path of [
    '/../data/secret',
    '/%2e%2e/data/secret',
    '/en/%2e%2e%2f%2e%2e%2fdata%2fsecret',
    '/en/..%5c..%5cdata',
    '/%00',
  ]) {
    it(`gives nothing from outside its folder: ${path}`, async () => {
      const { status } = await get(path);
      assert.ok(status >= 400 && status < 500, String(status));
    });
  }

  it('sets one cookie, for the browser alone, and keeps a person who has one', async () => {
    const browser = new Browser(server.origin);
    const first = await browser.send('/en/');
    assert.match(
      first.headers['set-cookie']?.[0] ?? '',
      /^podium=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    assert.equal((await browser.send('/en/')).headers['set-cookie'], undefined);
  });

  it('gives a new person to a cookie that it did not sign', async () => {
    const browser = new Browser(server.origin);
    browser.cookie = 'podium=someone.else';
    assert.ok((await browser.send('/en/')).headers['set-cookie']);
  });
});

it('marks the cookie for TLS only where people come by TLS', async () => {
  await using server = await startServer({ publicUrl: new URL('https://labs.example.org') });
  const reply = await new Browser(server.origin).send('/en/', { headers: { host: 'labs.example.org' } });
  assert.match(reply.headers['set-cookie']?.[0] ?? '', /; Secure/);
  assert.ok(reply.headers['strict-transport-security']);
});
