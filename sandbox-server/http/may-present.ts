/**
 * Who may begin a showing. Until there is a way to sign in, that is who sits at the machine: a request from loopback,
 * to loopback, by a page of loopback, that no proxy has passed on. Whoever is let in gets a key; the key is all that counts then.
 */
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../loopback.ts';

export type MayPresent = (request: FastifyRequest) => boolean;

export interface MayPresentOptions {
  /** That the server listens on. */
  readonly host: string;
  readonly publicUrl: URL | undefined;
}

/** What proxies add, so that a request which has one was not made here. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

export function createMayPresent({ host, publicUrl }: MayPresentOptions): MayPresent {
  // Then whatever comes from loopback may have come through a proxy on this machine, from anywhere.
  const isBehindProxy = publicUrl !== undefined && isLoopback(host) && !isLoopbackName(publicUrl.hostname);
  return ({ headers, socket }) =>
    !isBehindProxy &&
    isLoopbackAddress(socket.remoteAddress ?? '') &&
    isLoopbackName(nameOf(`http://${headers.host ?? ''}`)) &&
    isLoopbackName(nameOf(headers.origin ?? '')) &&
    PROXY_HEADERS.every((name) => headers[name] === undefined);
}

function isLoopbackAddress(address: string): boolean {
  return isLoopback(address.replace(/^::ffff:/, ''));
}

function isLoopbackName(name: string): boolean {
  return isLoopback(name.replace(/^\[(.*)\]$/, '$1'));
}

function nameOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : '';
}
