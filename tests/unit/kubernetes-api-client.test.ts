/** The REST client against an API server that starts: it answers before it knows anybody's rights. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type ApiClient, createApiClient, isRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';

const { signal } = new AbortController();

/** Status codes by path; a path that is not named is refused. */
async function startApiServer(t: TestContext, statuses: Record<string, number>): Promise<ApiClient> {
  const order = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -keyout - -out -';
  const { stdout: cert } = await promisify(execFile)('openssl', order.split(' '));
  const server = createServer({ cert, key: cert }, ({ url = '' }, response) => {
    response.writeHead(statuses[url] ?? 403, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = {
    server: address,
    certificateAuthority: cert,
    tls: { ca: cert, servername: 'test' },
    headers: {},
  };
  const api = createApiClient({ get: () => Promise.resolve(credentials), forget: () => undefined });
  t.after(() => {
    api[Symbol.dispose]();
    server.close();
    server.closeAllConnections();
  });
  return api;
}

const isUnreachable = (error: unknown) => error instanceof PodiumError && error.code === 'cluster_unreachable';

test('takes a refusal of an API server that is not ready for none', async (t) => {
  const statuses: Record<string, number> = { '/readyz': 500 };
  const api = await startApiServer(t, statuses);
  await assert.rejects(api.call('GET', '/api/v1/pods', {}, signal), isUnreachable);
  statuses['/readyz'] = 200;
  await assert.rejects(api.call('GET', '/api/v1/pods', {}, signal), (error) => isRefusal(error, 403));
});

test('takes a refusal for one where something else was granted', async (t) => {
  const api = await startApiServer(t, { '/readyz': 500, '/api/v1/namespaces': 200 });
  await api.call('GET', '/api/v1/namespaces', {}, signal);
  await assert.rejects(api.call('GET', '/api/v1/pods', {}, signal), (error) => isRefusal(error, 403));
});
