/**
 * Going on in another browser: a link whose code makes that browser the same person, by the same cookie. Whoever has
 * the link has all that the person has, so it is good once, briefly, and only the newest one of a person.
 */
import type { FastifyInstance } from 'fastify';
import { PodiumError } from '../errors.ts';
import { handOverOrder, type HandOverReply, type HandOverResult } from '../protocol/requests.ts';
import type { SandboxTable } from '../session/sandbox-table.ts';
import type { HandOvers } from './grants.ts';
import { COOKIE, type People } from './people.ts';
import type { RateLimits } from './rate-limits.ts';

export interface HandOverDeps {
  readonly sandboxes: SandboxTable;
  readonly handOvers: HandOvers;
  readonly people: People;
  readonly limits: RateLimits;
}

export function registerHandOver(app: FastifyInstance, { sandboxes, handOvers, people, limits }: HandOverDeps): void {
  app.post<{ Params: { id: string } }>(
    '/api/sandboxes/:id/hand-over',
    { preHandler: limits.costly },
    async (request, reply): Promise<HandOverReply> => {
      const ownerHash = people.admit(request, reply);
      const { lab } = sandboxes.get(ownerHash, request.params.id);
      const handOver = { ownerHash, cookie: request.cookies[COOKIE] ?? '', lab };
      const { code, expiresAt } = await handOvers.issue(handOver, ownerHash);
      return { code, address: `/labs/${lab}/?hand-over=${code}`, expiresAt: expiresAt.toISOString() };
    },
  );
  // Changes who this browser is, so it is one of the requests whose Origin must be ours.
  app.post('/api/hand-over', { preHandler: limits.guessable }, async (request, reply): Promise<HandOverResult> => {
    const order = handOverOrder.safeParse(request.body);
    if (!order.success) throw new PodiumError('bad_request');
    const handOver = await handOvers.redeem(order.data.code);
    if (!handOver) throw new PodiumError('hand_over_refused');
    people.become(handOver.cookie, reply);
    return { lab: handOver.lab };
  });
}
