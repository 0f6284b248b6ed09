/** `/follow/<code>`: one page of the site for all codes, in the reader's language or in one that the address names. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PodiumError } from '../errors.ts';
import { languages, type Language } from '../protocol/language.ts';
import { chooseLanguage } from './language.ts';
import type { People } from './people.ts';

export interface FollowPageDeps {
  readonly directory: string;
  readonly people: People;
  readonly policyOf: (file: string) => string;
}

export function registerFollowPage(app: FastifyInstance, { directory, people, policyOf }: FollowPageDeps): void {
  const send = async (request: FastifyRequest, reply: FastifyReply, language: Language) => {
    const file = join(directory, language, 'follow', 'index.html');
    if (!existsSync(file)) throw new PodiumError('not_found');
    people.admit(request, reply);
    return reply
      .header('cache-control', 'private, no-cache')
      .header('vary', 'accept-language')
      .header('content-security-policy', policyOf(file))
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(await readFile(file));
  };
  for (const path of ['/follow/', '/follow/:code', '/follow/:code/']) {
    app.get(path, (request, reply) => send(request, reply, chooseLanguage(request.headers['accept-language'])));
  }
  for (const language of languages) {
    for (const path of [`/${language}/follow/:code`, `/${language}/follow/:code/`]) {
      app.get(path, (request, reply) => send(request, reply, language));
    }
  }
}
