/** Where the API server really is, behind its ClusterIP: network policies are judged by that address. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import * as z from 'zod/mini';
import type { ApiClient } from './api-client.ts';
import { applyManifest } from './apply.ts';
import { type ApiServerAddress, makeShellCommons } from './network.ts';
import { decode } from './observed.ts';

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
/** The API servers keep this one themselves. */
const SLICE_NAME = 'kubernetes';
/** After a lost connection, and between two looks when the API server keeps ending the watch. */
const RETRY_MS = 1_000;

const endpointSlice = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  endpoints: z.nullish(z.array(z.object({ addresses: z.array(z.string()) }))),
  ports: z.nullish(z.array(z.object({ port: z.int() }))),
});

export interface ApiServerAddresses {
  readonly addresses: readonly ApiServerAddress[];
  readonly resourceVersion: string;
}

/** Each address with each port of the EndpointSlice `default/kubernetes`. */
export function decodeApiServers(slice: unknown): ApiServerAddresses {
  const { metadata, endpoints, ports } = decode(endpointSlice, slice);
  const hosts = (endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
  const addresses = hosts.flatMap((address) => (ports ?? []).map(({ port }) => ({ address, port })));
  return { addresses, resourceVersion: metadata.resourceVersion };
}

export async function readApiServers(api: ApiClient, signal: AbortSignal): Promise<ApiServerAddresses> {
  return decodeApiServers(await api.call('GET', `${SLICES}/${SLICE_NAME}`, {}, signal));
}

/**
 * Lets the shells reach the API server where it is now, and wherever it moves while the server runs.
 * Resolves when that is in place, with what resolves when `signal` has ended the keeping.
 */
export async function createAddressKeeper(
  api: ApiClient,
  log: Logger,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> {
  const first = await readApiServers(api, signal);
  await applyManifest(api, makeShellCommons(first.addresses), signal);
  return { ended: keep(api, log, first.resourceVersion, signal) };
}

async function keep(api: ApiClient, log: Logger, since: string, signal: AbortSignal): Promise<void> {
  let resourceVersion: string | undefined = since;
  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined) {
        const seen = await readApiServers(api, signal);
        await applyManifest(api, makeShellCommons(seen.addresses), signal);
        resourceVersion = seen.resourceVersion;
      }
      const query = { fieldSelector: `metadata.name=${SLICE_NAME}`, resourceVersion };
      for await (const { type, object } of api.watch(SLICES, query, signal)) {
        if (type !== 'ADDED' && type !== 'MODIFIED') break;
        await applyManifest(api, makeShellCommons(decodeApiServers(object).addresses), signal);
      }
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'the address of the API server is not followed right now');
    }
    resourceVersion = undefined;
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}
