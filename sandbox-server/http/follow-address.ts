import { networkInterfaces } from 'node:os';
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../loopback.ts';

export interface FollowAddress {
  readonly address: string;
  readonly isReachable: boolean;
}

export interface FollowAddressOptions {
  readonly host: string;
  readonly publicUrl: URL | undefined;
  /** This machine's addresses as others see them. */
  readonly listOuterAddresses?: () => readonly string[];
}

/** The address at which a room follows: the public one, else one of this machine's that others reach. */
export function createFollowAddress(
  options: FollowAddressOptions,
): (code: string, request: FastifyRequest) => FollowAddress {
  const { host, publicUrl, listOuterAddresses = listOwnOuterAddresses } = options;
  return (code, request) => {
    const path = `/follow/${code}`;
    if (publicUrl) return { address: `${publicUrl.origin}${path}`, isReachable: !isLoopback(publicUrl.hostname) };
    const port = request.socket.localPort ?? 80;
    const outer = isLoopback(host) ? undefined : isEverywhere(host) ? listOuterAddresses()[0] : host;
    if (outer !== undefined) return { address: `http://${bracket(outer)}:${port}${path}`, isReachable: true };
    return { address: `http://${bracket(isEverywhere(host) ? '127.0.0.1' : host)}:${port}${path}`, isReachable: false };
  };
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

const bracket = (address: string): string => (address.includes(':') ? `[${address}]` : address);

function listOwnOuterAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}
