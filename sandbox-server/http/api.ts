/** What pages ask of sandboxes. Every reply is a schema of `protocol/`, every refusal a code of the error table. */
import type { FastifyInstance } from 'fastify';
import { PodiumError, type ErrorCode } from '../errors.ts';
import {
  sandboxOrder,
  saveOrder,
  solveOrder,
  startOverOrder,
  ticketOrder,
  watchedChecksOrder,
  type SaveReply,
  type TicketReply,
  type WatchedChecksReply,
} from '../protocol/requests.ts';
import type { ServerStatus } from '../protocol/sandbox.ts';
import { awaitRunning, type AwaitRunningDeps } from '../session/await-running.ts';
import type { RunCheck } from '../session/checks.ts';
import type { SaveFile } from '../session/home-files.ts';
import type { Solves } from '../session/solves.ts';
import type { WatchedChecks } from '../session/watched-checks.ts';
import type { Tickets } from './grants.ts';
import type { People } from './people.ts';
import type { RateLimits } from './rate-limits.ts';

export interface ApiDeps extends AwaitRunningDeps {
  /** Why there is no cluster, where there is none. */
  readonly driverReason: ErrorCode | undefined;
  readonly runCheck: RunCheck;
  readonly saveFile: SaveFile;
  readonly solves: Solves;
  readonly watchedChecks: Pick<WatchedChecks, 'watch'>;
  readonly tickets: Tickets;
  readonly people: People;
  readonly limits: RateLimits;
}

interface ById {
  Params: { id: string };
}

/** A start and an end go on after the reply. */
const ACCEPTED = 202;

export function registerApi(app: FastifyInstance, deps: ApiDeps): void {
  const { sandboxes, people, limits } = deps;
  const usual = { preHandler: limits.usual };
  const costly = { preHandler: limits.costly };

  app.get('/api/status', usual, (request, reply): ServerStatus => {
    people.admit(request, reply);
    return makeStatus(deps);
  });
  app.get('/api/sandboxes', usual, (request, reply) => sandboxes.list(people.admit(request, reply)));
  app.post('/api/sandboxes', costly, async (request, reply) => {
    const order = sandboxOrder.safeParse(request.body);
    if (!order.success) throw new PodiumError('bad_request');
    void reply.code(ACCEPTED);
    const { lab, ...wishes } = order.data;
    return sandboxes.start(people.admit(request, reply), lab, wishes);
  });
  app.get<ById>('/api/sandboxes/:id', usual, (request, reply) =>
    sandboxes.get(people.admit(request, reply), request.params.id),
  );
  app.delete<ById>('/api/sandboxes/:id', usual, (request, reply) => {
    void reply.code(ACCEPTED);
    return sandboxes.stop(people.admit(request, reply), request.params.id);
  });
  app.post<ById>('/api/sandboxes/:id/extend', usual, (request, reply) =>
    sandboxes.extend(people.admit(request, reply), request.params.id),
  );
  app.post<ById>('/api/sandboxes/:id/start-over', costly, (request, reply) => {
    const order = startOverOrder.safeParse(request.body ?? {});
    if (!order.success) throw new PodiumError('bad_request');
    void reply.code(ACCEPTED);
    return sandboxes.startOver(people.admit(request, reply), request.params.id, order.data);
  });
  app.post<ById>('/api/sandboxes/:id/solve', costly, (request, reply) => {
    const order = solveOrder.safeParse(request.body);
    if (!order.success) throw new PodiumError('bad_request');
    const ownerHash = people.admit(request, reply);
    deps.solves.show(ownerHash, request.params.id, order.data.step);
    void reply.code(ACCEPTED);
    return sandboxes.get(ownerHash, request.params.id);
  });
  app.delete<ById>('/api/sandboxes/:id/solve', usual, (request, reply) => {
    const ownerHash = people.admit(request, reply);
    deps.solves.cancel(ownerHash, request.params.id);
    return sandboxes.get(ownerHash, request.params.id);
  });
  app.post<ById>('/api/sandboxes/:id/tickets', { preHandler: limits.reconnecting }, async (request, reply) => {
    const ownerHash = people.admit(request, reply);
    const order = ticketOrder.safeParse(request.body ?? { access: 'write' });
    if (!order.success) throw new PodiumError('bad_request');
    await awaitRunning(deps, ownerHash, request.params.id);
    const { id } = sandboxes.requireRunning(ownerHash, request.params.id);
    const { code } = await deps.tickets.issue({ sandboxId: id, ownerHash, ...order.data });
    return { ticket: code } satisfies TicketReply;
  });
  app.post<ById>('/api/sandboxes/:id/files', costly, async (request, reply) => {
    const order = saveOrder.safeParse(request.body);
    if (!order.success) throw new PodiumError('bad_request');
    const { path } = await deps.saveFile(people.admit(request, reply), request.params.id, order.data.block);
    return { path } satisfies SaveReply;
  });
  app.post<{ Params: { id: string; name: string } }>('/api/sandboxes/:id/checks/:name', costly, (request, reply) =>
    deps.runCheck(people.admit(request, reply), request.params.id, request.params.name),
  );
  app.post<ById>(
    '/api/sandboxes/:id/watched-checks',
    { preHandler: limits.watching },
    (request, reply): WatchedChecksReply => {
      const ownerHash = people.admit(request, reply);
      const order = watchedChecksOrder.safeParse(request.body);
      if (!order.success) throw new PodiumError('bad_request');
      return { checks: [...deps.watchedChecks.watch(ownerHash, request.params.id, order.data)] };
    },
  );
}

function makeStatus({ drivers, driverReason }: ApiDeps): ServerStatus {
  return {
    driver: drivers.kind,
    ...(driverReason === undefined ? {} : { reason: driverReason }),
    cluster: drivers.cluster,
  };
}
