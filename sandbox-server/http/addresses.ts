/**
 * Which addresses are ours. A page of another site must neither act for a learner (Origin) nor reach this server
 * under a name of its own that it points at us (Host, "DNS rebinding").
 */
import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';

export interface Addresses {
  isOwnHost(host: string | undefined): boolean;
  /** Whether `origin` is that of a page which this server itself gave out under `host`. */
  isOwnOrigin(origin: string | undefined, host: string | undefined): boolean;
}

export interface AddressOptions {
  readonly publicUrl: URL | undefined;
  /** Names and numbers under which this machine is reached. */
  readonly ownNames: readonly string[];
}

export function makeAddresses({ publicUrl, ownNames }: AddressOptions): Addresses {
  const names = new Set([...ownNames, ...(publicUrl ? [publicUrl.hostname] : [])].map((name) => name.toLowerCase()));
  return {
    // Any port: a forwarded one (ssh -L) is not ours but leads here, and a name is what an attacker would need.
    isOwnHost(host) {
      const url = host === undefined ? undefined : parseHost(host);
      return url !== undefined && names.has(url.hostname);
    },
    isOwnOrigin(origin, host) {
      if (origin === undefined || host === undefined) return false;
      return origin === `http://${host.toLowerCase()}` || origin === publicUrl?.origin;
    },
  };
}

/** Loopback, and beyond it what a server that listens on all interfaces is reached by. */
export function listOwnNames(listenHost: string, isLoopback: boolean): string[] {
  const loopback = ['localhost', '127.0.0.1', '[::1]'];
  const bracketed = isIP(listenHost) === 6 ? `[${listenHost}]` : listenHost;
  if (isLoopback) return [...loopback, bracketed];
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [
    ...loopback,
    bracketed,
    hostname(),
    ...interfaces.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address)),
  ];
}

function parseHost(host: string): URL | undefined {
  const text = `http://${host}/`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // "a@b" or "a/b" would otherwise be read as something else than a host.
  return url && url.username === '' && url.pathname === '/' && !host.includes('/') ? url : undefined;
}
