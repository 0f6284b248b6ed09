/** `GET /api/events`: server-sent events (HTML standard, 9.2), one stream a page, only of the person's own sandboxes. */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError } from '../errors.ts';
import type { PodiumEvent } from '../protocol/sandbox.ts';
import type { SandboxTable } from '../session/sandbox-table.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { People } from './people.ts';
import type { RateLimits } from './rate-limits.ts';

/** Shorter than the idle limits of common proxies (60 s). */
const COMMENT_EVERY_MS = 15_000;
/** More tabs than a learner has open; a browser itself allows six to one host. */
const MAX_STREAMS_PER_PERSON = 12;
/** A page that does not read comes back later and gets the present state, which is worth more than all that it missed. */
const MAX_UNREAD_BYTES = 64 * 1024;

export const EVENTS_ROUTE = '/api/events';

export interface EventStreamDeps {
  readonly clock: Clock;
  readonly drivers: DriverSwitch;
  readonly sandboxes: SandboxTable;
  readonly people: People;
  readonly limits: RateLimits;
  readonly metrics: Metrics;
}

export function registerEventStream(app: FastifyInstance, deps: EventStreamDeps): void {
  const openByOwner = new Map<string, Set<ServerResponse>>();
  const countAll = () => [...openByOwner.values()].reduce((sum, { size }) => sum + size, 0);

  app.get(EVENTS_ROUTE, { preHandler: deps.limits.usual }, (request, reply) => {
    const ownerHash = deps.people.admit(request, reply);
    const streams = openByOwner.get(ownerHash) ?? new Set();
    if (streams.size >= MAX_STREAMS_PER_PERSON) throw new PodiumError('rate_limited');
    openByOwner.set(ownerHash, streams);
    void reply
      .header('content-type', 'text/event-stream')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no');
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    reply.hijack();
    streams.add(reply.raw);
    deps.metrics.eventStreams.set(countAll());
    const feed = serveEvents(reply.raw, ownerHash, deps);
    reply.raw.on('close', () => {
      feed[Symbol.dispose]();
      streams.delete(reply.raw);
      if (streams.size === 0) openByOwner.delete(ownerHash);
      deps.metrics.eventStreams.set(countAll());
    });
  });
  app.addHook('preClose', (done) => {
    for (const streams of openByOwner.values()) for (const stream of streams) stream.end();
    done();
  });
}

function serveEvents(
  stream: ServerResponse,
  ownerHash: string,
  { clock, drivers, sandboxes }: EventStreamDeps,
): Disposable {
  const disposables = new DisposableStack();
  const write = (text: string) => {
    if (stream.writableLength > MAX_UNREAD_BYTES) stream.destroy();
    else stream.write(text);
  };
  const send = (event: PodiumEvent) => write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const sendCluster = () => send({ type: 'cluster', cluster: drivers.cluster });

  sendCluster();
  for (const sandbox of sandboxes.known(ownerHash)) send({ type: 'sandbox', sandbox });
  disposables.use(drivers.subscribe(sendCluster));
  disposables.use(sandboxes.subscribe(ownerHash, (sandbox) => send({ type: 'sandbox', sandbox })));
  let timer: Disposable;
  const comment = () => {
    write(': still here\n\n');
    timer = clock.after(COMMENT_EVERY_MS, comment);
  };
  timer = clock.after(COMMENT_EVERY_MS, comment);
  disposables.defer(() => timer[Symbol.dispose]());
  return disposables;
}
