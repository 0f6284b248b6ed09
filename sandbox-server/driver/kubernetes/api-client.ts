/**
 * REST calls and watches against the API server, over connections that are kept open.
 *
 * The Kubernetes client for Node makes a new TLS connection for each call (a new undici agent per request, as of
 * 2.0.1), sets no time limit on calls, and gives up a watch that is silent for 30 s. A start is a dozen
 * calls that a learner waits for, so only its kubeconfig reading is used, and its types.
 */
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { PodiumError } from '../../errors.ts';
import type { CredentialSource } from './credentials.ts';

/** The API server itself gives up an ordinary call after 60 s; what takes a third of that is not healthy. */
const CALL_LIMIT_MS = 20_000;
/** The API server ends a watch after this; a connection that died silently is found out no later. */
const WATCH_SECONDS = 120;
const WATCH_LIMIT_MS = (WATCH_SECONDS + 10) * 1000;
/** A burst of starts shares these; a watch in progress holds one. */
const MAX_CONNECTIONS = 64;

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string>>;

export interface CallOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/** The API server's own refusal. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export function isRefusal(error: unknown, ...statuses: number[]): error is ApiRefusal {
  return error instanceof ApiRefusal && statuses.includes(error.status);
}

export interface ApiClient extends Disposable {
  /** Resolves with the decoded answer. Throws an ApiRefusal, or a PodiumError `cluster_unreachable`. */
  call(method: Method, path: string, options: CallOptions, signal: AbortSignal): Promise<unknown>;
  /** Ends when the API server ends it, in any case after two minutes. */
  watch(path: string, query: Query, signal: AbortSignal): AsyncGenerator<WatchEvent>;
}

export function createApiClient(credentials: CredentialSource): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS, scheduling: 'lifo' });

  async function send(
    method: Method,
    path: string,
    options: CallOptions,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const sent = await sendOnce(agent, credentials, { method, path, ...options }, signal);
    if (sent.statusCode !== 401) return sent;
    // The token may have been renewed in the meantime.
    sent.resume();
    credentials.forget();
    return sendOnce(agent, credentials, { method, path, ...options }, signal);
  }

  /**
   * Nothing was granted since the connection was last lost. An API server that starts answers before it knows
   * anybody's rights, and refuses everything with 403 for a moment: that is no answer to what was asked.
   */
  let isUnproven = true;

  async function isServing(signal: AbortSignal): Promise<boolean> {
    const response = await send('GET', '/readyz', {}, signal);
    response.resume();
    return response.statusCode === 200;
  }

  async function explainFailure(error: unknown, limited: AbortSignal, signal: AbortSignal): Promise<unknown> {
    if (isUnproven && isRefusal(error, 403) && !(await isServing(limited).catch(() => false)))
      return explain(new Error('the API server is starting', { cause: error }), signal);
    if (!(error instanceof ApiRefusal)) isUnproven = true;
    return explain(error, signal);
  }

  return {
    async call(method, path, options, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(CALL_LIMIT_MS)]);
      try {
        const response = await send(method, path, options, limited);
        const answer = decodeAnswer(response.statusCode ?? 0, await text(response));
        isUnproven = false;
        return answer;
      } catch (error) {
        throw await explainFailure(error, limited, signal);
      }
    },
    async *watch(path, query, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(WATCH_LIMIT_MS)]);
      const watchQuery = { ...query, watch: 'true', timeoutSeconds: String(WATCH_SECONDS) };
      let response: IncomingMessage | undefined;
      try {
        response = await send('GET', path, { query: watchQuery }, limited);
        if (response.statusCode !== 200) decodeAnswer(response.statusCode ?? 0, await text(response));
        isUnproven = false;
        for await (const line of createInterface({ input: response })) yield JSON.parse(line) as WatchEvent;
      } catch (error) {
        throw await explainFailure(error, limited, signal);
      } finally {
        response?.destroy();
      }
    },
    [Symbol.dispose]() {
      agent.destroy();
    },
  };
}

interface Request extends CallOptions {
  readonly method: Method;
  readonly path: string;
}

async function sendOnce(
  agent: Agent,
  source: CredentialSource,
  { method, path, query, body, contentType }: Request,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { server, tls, headers } = await source.get();
  const url = new URL(server + path);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.append(name, value);
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const content =
    payload === undefined
      ? {}
      : { 'content-type': contentType ?? 'application/json', 'content-length': String(payload.byteLength) };
  const options = { ...tls, agent, method, signal, headers: { accept: 'application/json', ...headers, ...content } };
  const attempt = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpsRequest(url, options, resolve);
      request.on('error', (error) => reject(request.reusedSocket ? new StaleConnection(error) : error));
      request.end(payload);
    });
  try {
    return await attempt();
  } catch (error) {
    // A kept connection that the other side was just closing: the request never arrived.
    if (error instanceof StaleConnection && error.isReset && !signal.aborted) return attempt();
    throw error instanceof StaleConnection ? error.cause : error;
  }
}

class StaleConnection extends Error {
  readonly isReset: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.isReset = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
  }
}

const refusalStatus = z.object({ message: z.optional(z.string()), reason: z.optional(z.string()) });

/** The answer's JSON, or the refusal that it is. */
function decodeAnswer(status: number, body: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    answer = undefined;
  }
  if (status >= 200 && status < 300) return answer;
  const { message, reason } = refusalStatus.safeParse(answer).data ?? {};
  throw new ApiRefusal(status, reason ?? '', message ?? `the API server answered ${status}`);
}

function explain(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return error instanceof ApiRefusal ? error : new PodiumError('cluster_unreachable', { cause: error });
}
