/**
 * Who asks: a random id in a signed cookie, given at the first request. The id itself never leaves this file;
 * everything behind it works with a keyed hash.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { sign, unsign } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const COOKIE = 'podium';
/** A learner who comes back within a year finds the progress. */
const COOKIE_SECONDS = 365 * 24 * 60 * 60;
/** 128 bits in hexadecimal; also short enough for a Kubernetes label. */
const OWNER_HASH_LENGTH = 32;

export interface People {
  /** The person of a request, undefined without a cookie that we signed. */
  find(cookie: string | undefined): string | undefined;
  /** The person of a request; one without gets a new id with the reply. */
  admit(request: FastifyRequest, reply: FastifyReply): string;
  /** Makes the browser that gets the reply the person of a cookie that we signed. */
  become(cookie: string, reply: FastifyReply): void;
}

export function createPeople(secret: Buffer, { isSecure }: { isSecure: boolean }): People {
  const hash = (id: string) =>
    createHmac('sha256', secret).update(`owner:${id}`).digest('hex').slice(0, OWNER_HASH_LENGTH);

  function find(cookie: string | undefined): string | undefined {
    const { valid, value } = unsign(cookie ?? '', secret);
    return valid && value !== null ? hash(value) : undefined;
  }

  function become(cookie: string, reply: FastifyReply): void {
    void reply.setCookie(COOKIE, cookie, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure,
      maxAge: COOKIE_SECONDS,
    });
  }

  return {
    find,
    become,
    admit(request, reply) {
      const known = find(request.cookies[COOKIE]);
      if (known !== undefined) return known;
      const id = randomUUID();
      const signed = sign(id, secret);
      // For what else happens in this request: the same person.
      request.cookies[COOKIE] = signed;
      become(signed, reply);
      return hash(id);
    },
  };
}
