/** The built site: files, their cache headers, the way to a language, and the page for what is not there. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PodiumError } from '../errors.ts';
import type { People } from './people.ts';
import { createPolicyCache, PICTURE_POLICY } from './content-security-policy.ts';
import { registerFollowPage } from './follow-page.ts';
import { chooseLanguage, languageOfPath } from './language.ts';

/** Where Astro puts what has a hash of its content in its name, and where the pictures of decks are that have one too. */
const DECK_FILES = '/deck-files/';
const HASHED = ['/_astro/', DECK_FILES];
const CACHE_HASHED = 'public, max-age=31536000, immutable';
/** Asked again each time, and answered with 304: a new build is seen at once. */
const CACHE_NAMED = 'public, no-cache';
/** The reply to a page may carry the cookie, so no proxy keeps it. */
const CACHE_PAGE = 'private, no-cache';

export interface SiteOptions {
  readonly directory: string;
  readonly people: People;
}

export async function registerSite(app: FastifyInstance, { directory, people }: SiteOptions): Promise<void> {
  const policyOf = createPolicyCache();
  await app.register(fastifyStatic, {
    root: directory,
    redirect: true,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const file = path.replace(/\.(br|gz)$/, '');
      if (!file.endsWith('.html')) {
        if (file.includes(DECK_FILES)) void reply.header('content-security-policy', PICTURE_POLICY);
        void reply.header('cache-control', HASHED.some((folder) => file.includes(folder)) ? CACHE_HASHED : CACHE_NAMED);
        return;
      }
      // With the page, so that all that the page then asks for at once comes from the same person.
      people.admit(reply.request, reply);
      void reply.header('cache-control', CACHE_PAGE).header('content-security-policy', policyOf(file));
    },
  });
  app.get('/', (request, reply) =>
    reply
      .header('vary', 'accept-language')
      .header('cache-control', CACHE_PAGE)
      .redirect(`/${chooseLanguage(request.headers['accept-language'])}/`),
  );
  registerFollowPage(app, { directory, people, policyOf });
  app.setNotFoundHandler(makeNotFound(directory, policyOf));
}

/** A page in the reader's language; for what is no page, a code. */
function makeNotFound(directory: string, policyOf: (file: string) => string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = request.url.split('?')[0] ?? '';
    const isPage =
      request.method === 'GET' && !path.startsWith('/api/') && !HASHED.some((folder) => path.startsWith(folder));
    const language = languageOfPath(path) ?? chooseLanguage(request.headers['accept-language']);
    const candidates = [`${language}/404.html`, `${language}/404/index.html`, '404.html'];
    const file = isPage ? candidates.map((name) => join(directory, name)).find((each) => existsSync(each)) : undefined;
    if (file === undefined) throw new PodiumError('not_found');
    return reply
      .code(404)
      .header('cache-control', CACHE_PAGE)
      .header('content-security-policy', policyOf(file))
      .type('text/html; charset=utf-8')
      .send(await readFile(file));
  };
}
