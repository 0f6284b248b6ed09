/** As much of the Kubernetes API as the supervisor needs: JSON over one kept-alive TLS connection pool, no watch. */
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeconfigParts } from './kubeconfig.ts';

/** An API server on the same machine that takes longer than this is not well. */
const requestTimeoutMs = 10_000;
const pollMs = 100;
/** An answer that is not a Status object is shown in part. */
const shownBodyLength = 200;

export type KubeObject = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; resourceVersion?: string; uid?: string; creationTimestamp?: string };
  [field: string]: unknown;
};

export type KubeAnswer = { status: number; body: unknown };
export type KubeClient = ReturnType<typeof createKubeClient>;

/** A client for `server` with a client certificate; call `close` to end its connections. */
export function createKubeClient(credentials: KubeconfigParts) {
  const agent = new Agent({
    keepAlive: true,
    ca: credentials.authority,
    cert: credentials.certificate,
    key: credentials.key,
  });
  const call = (method: string, path: string, body?: { type: string; text: string }) =>
    send(agent, new URL(path, credentials.server), method, body);
  return {
    call,
    close: () => agent.destroy(),
    /** Makes the object be as given, whether it was there or not (server-side apply). */
    async apply(object: KubeObject): Promise<void> {
      const path = `${makeObjectPath(object)}?fieldManager=podium&force=true`;
      const answer = await call('PATCH', path, { type: 'application/apply-patch+yaml', text: JSON.stringify(object) });
      if (answer.status >= 300) throw new Error(`applying ${object.kind} ${object.metadata.name}: ${describe(answer)}`);
    },
    async get<T>(path: string): Promise<T | undefined> {
      const answer = await call('GET', path);
      if (answer.status === 404) return undefined;
      if (answer.status >= 300) throw new Error(`reading ${path}: ${describe(answer)}`);
      return answer.body as T;
    },
    /** Deletes; an object that is gone already counts as deleted. With a version, only if it is still that version. */
    async remove(path: string, preconditions?: { uid?: string; resourceVersion?: string }): Promise<boolean> {
      const options = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions };
      const answer = await call('DELETE', path, { type: 'application/json', text: JSON.stringify(options) });
      return answer.status < 300 || answer.status === 404;
    },
    /** True when the path answers 200. */
    async answers(path: string): Promise<boolean> {
      return call('GET', path).then(
        (answer) => answer.status === 200,
        () => false,
      );
    },
  };
}

function describe(answer: KubeAnswer): string {
  const message = (answer.body as { message?: unknown } | undefined)?.message;
  const text = typeof message === 'string' ? message : String(answer.body).slice(0, shownBodyLength);
  return `${answer.status} ${text}`.trim();
}

function send(agent: Agent, url: URL, method: string, body?: { type: string; text: string }): Promise<KubeAnswer> {
  return new Promise((resolve, reject) => {
    // Node frames the body of a DELETE by neither length nor chunks unless told to.
    const headers =
      body === undefined ? {} : { 'content-type': body.type, 'content-length': Buffer.byteLength(body.text) };
    const outgoing = request(url, { agent, method, headers, timeout: requestTimeoutMs }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: incoming.statusCode ?? 0, body: parseBody(text) });
      });
    });
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`no answer from ${url.host} within ${requestTimeoutMs} ms`)),
    );
    outgoing.on('error', reject);
    outgoing.end(body?.text);
  });
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Kinds that live in no namespace, of those that we apply. */
const clusterKinds = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'StorageClass',
  'APIService',
  'CustomResourceDefinition',
  'PriorityClass',
]);

/** The URL path of one object. Pure. */
export function makeObjectPath(object: KubeObject): string {
  const group = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
  const scope = clusterKinds.has(object.kind) ? '' : `/namespaces/${object.metadata.namespace ?? 'default'}`;
  return `${group}${scope}/${makePlural(object.kind)}/${object.metadata.name}`;
}

function makePlural(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Asks again and again until the answer is not undefined; rejects with `reason` after the limit. */
export async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  options: { limitMs: number; makeError: () => Error; signal?: AbortSignal },
): Promise<T> {
  const deadline = Date.now() + options.limitMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw options.makeError();
    await delay(pollMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
