/**
 * Stands before an API server, counts what is asked by verb and kind, and passes it on as it is; an exec, which only a
 * kubelet could serve, is answered here by whoever plays it.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import type { ControlPlane } from './control-plane.ts';

export interface CountingProxy extends AsyncDisposable {
  /** Where it answers, without a slash at the end. */
  readonly server: string;
  /** So far, by verb and kind: `POST leases`, `WATCH namespaces`. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Answers an upgrade to a WebSocket. */
export type PlayExec = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export async function createCountingProxy(
  { server, certificates }: ControlPlane,
  playExec: PlayExec,
): Promise<CountingProxy> {
  const read = (name: string) => readFile(join(certificates, name));
  const [ca, cert, key] = await Promise.all([read('ca.crt'), read('apiserver.crt'), read('apiserver.key')]);
  const agent = new Agent({ keepAlive: true, ca, scheduling: 'lifo' });
  const counts = new Map<string, number>();
  const count = (asked: IncomingMessage) => {
    const what = describeRequest(asked.method ?? '', asked.url ?? '');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  };
  const proxy = createServer({ cert, key }, (asked, answer) => {
    count(asked);
    passOn(agent, server, asked, answer);
  });
  proxy.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
    count(asked);
    playExec(asked, socket, head);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    server: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    counts,
    async [Symbol.asyncDispose]() {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function passOn(agent: Agent, server: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = asked;
  const onward = request(`${server}${asked.url}`, { agent, method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    answer.flushHeaders();
    pipeline(response, answer, () => undefined);
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => onward.destroy());
  pipeline(asked, onward, () => undefined);
}

/** Verb and kind, with the sub-resource, of a request to an API server. Pure. */
export function describeRequest(method: string, address: string): string {
  const { pathname, searchParams } = new URL(address, 'https://api');
  const words = pathname.split('/').slice(1);
  const behindVersion = words[0] === 'api' ? words.slice(2) : words[0] === 'apis' ? words.slice(3) : words;
  const isNamespaced = behindVersion[0] === 'namespaces' && behindVersion.length > 2;
  const [kind = '', , subresource] = isNamespaced ? behindVersion.slice(2) : behindVersion;
  const verb = searchParams.get('watch') === 'true' ? 'WATCH' : method;
  return `${verb} ${subresource === undefined ? kind : `${kind}/${subresource}`}`;
}
