/** The HTTP side as a whole: the guards that every request passes, then the routes. */
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { PodiumError, makeRefusal, toPodiumError } from '../errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { registerApi, type ApiDeps } from './api.ts';
import type { Addresses } from './addresses.ts';
import { DATA_POLICY } from './content-security-policy.ts';
import { EVENTS_ROUTE, registerEventStream, type EventStreamDeps } from './event-stream.ts';
import { registerLabApi, type LabApiDeps } from './lab-api.ts';
import { registerHandOver, type HandOverDeps } from './hand-over.ts';
import { registerHealth } from './health.ts';
import { registerMyApi } from './my-api.ts';
import { registerRateLimits } from './rate-limits.ts';
import { registerShowingApi, type ShowingApiDeps } from './showing-api.ts';
import { registerShowingEvents, SHOWING_EVENTS_ROUTE, type ShowingStreamDeps } from './showing-stream.ts';
import { registerSite } from './site.ts';

/** The largest body is a slug or a code. */
const MAX_BODY_BYTES = 4096;
/** A request that trickles in holds a socket and nothing else; ten seconds are enough for the slowest phone. */
const REQUEST_LIMIT_MS = 10_000;
/** Longer than a proxy keeps its side (nginx: 60 s), so that the proxy closes first and no request is lost. */
const KEEP_ALIVE_MS = 65_000;

/** They last as long as a page is open, which is no time of a request. */
const STREAM_ROUTES: ReadonlySet<string> = new Set([EVENTS_ROUTE, SHOWING_EVENTS_ROUTE]);

export type AppDeps = Omit<ApiDeps, 'limits'> &
  Omit<LabApiDeps, 'limits'> &
  Omit<EventStreamDeps, 'limits'> &
  Omit<HandOverDeps, 'limits'> &
  Omit<ShowingApiDeps, 'limits'> &
  Omit<ShowingStreamDeps, 'limits'> & {
    readonly addresses: Addresses;
    readonly siteDirectory: string;
    readonly isSecure: boolean;
    readonly log: Logger;
  };

export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // An address that cannot be decoded is refused before any hook.
    frameworkErrors: (error, request, reply) => void replyError(deps, { error, request, reply }),
  });
  await app.register(cookie);
  await app.register(helmet, {
    // Pages have a policy of their own (site.ts); everything else gets the strictest.
    contentSecurityPolicy: false,
    strictTransportSecurity: deps.isSecure,
    xFrameOptions: { action: 'sameorigin' },
  });
  guardRequests(app, deps.addresses);
  app.setErrorHandler<FastifyError | PodiumError>((error, request, reply) =>
    replyError(deps, { error, request, reply }),
  );
  observeReplies(app, deps);
  const limits = await registerRateLimits(app, deps.people);
  registerHealth(app, deps);
  registerApi(app, { ...deps, limits });
  registerLabApi(app, { ...deps, limits });
  registerHandOver(app, { ...deps, limits });
  registerMyApi(app, { ...deps, limits });
  registerEventStream(app, { ...deps, limits });
  registerShowingApi(app, { ...deps, limits });
  registerShowingEvents(app, { ...deps, limits });
  await registerSite(app, { directory: deps.siteDirectory, people: deps.people });
  return app;
}

function guardRequests(app: FastifyInstance, addresses: Addresses): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers;
    if (!addresses.isOwnHost(host))
      throw new PodiumError('foreign_host', { values: { host: (host ?? '').slice(0, 100) } });
    const isSafe = request.method === 'GET' || request.method === 'HEAD';
    if (!isSafe && !addresses.isOwnOrigin(origin, host)) throw new PodiumError('foreign_origin');
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
    void reply.header('content-security-policy', DATA_POLICY);
    await Promise.resolve();
  });
}

function observeReplies(app: FastifyInstance, { metrics, log }: AppDeps): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    if (!STREAM_ROUTES.has(route))
      metrics.requests.observe({ method, route, status: String(status) }, reply.elapsedTime / 1000);
    // The route, never the address: that may hold a ticket.
    log.debug({ method, route, status, elapsedMs: Math.round(reply.elapsedTime) }, 'request');
    done();
  });
}

function replyError(
  { metrics, log }: AppDeps,
  { error, request, reply }: { error: FastifyError | PodiumError; request: FastifyRequest; reply: FastifyReply },
): FastifyReply {
  const failure = error instanceof PodiumError ? error : decodeFrameworkError(error);
  metrics.refusals.inc({ code: failure.code });
  const facts = { method: request.method, route: request.routeOptions.url, code: failure.code };
  if (failure.traits.status >= 500) log.warn({ ...facts, err: failure.cause }, 'request failed');
  return reply.code(failure.traits.status).type('application/json').send(makeRefusal(failure));
}

/** What fastify itself refuses: too large, not JSON, a broken address. */
function decodeFrameworkError(error: FastifyError): PodiumError {
  const status = error.statusCode ?? 500;
  if (status === 413) return new PodiumError('body_too_large', { cause: error });
  return status < 500 ? new PodiumError('bad_request', { cause: error }) : toPodiumError(error);
}
