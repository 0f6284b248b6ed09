/** What is kept of the person who asks: to see it, to take it along, and to have it deleted. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import { PodiumError } from '../errors.ts';
import type { ForgottenReply, MyData } from '../protocol/my-data.ts';
import type { SandboxTable } from '../session/sandbox-table.ts';
import type { PersonalData } from '../store/personal-store.ts';
import type { Store } from '../store/store.ts';
import type { People } from './people.ts';
import type { RateLimits } from './rate-limits.ts';

export interface MyApiDeps {
  readonly sandboxes: SandboxTable;
  readonly store: Pick<Store, 'readPerson' | 'forgetPerson'>;
  readonly clock: Clock;
  readonly people: People;
  readonly limits: RateLimits;
}

/** What may stand in the name of a file; other labs there are none. */
const SLUG = /^[a-z0-9-]+$/;

export function registerMyApi(app: FastifyInstance, { sandboxes, store, clock, people, limits }: MyApiDeps): void {
  app.get('/api/me/data', { preHandler: limits.usual }, async (request, reply): Promise<MyData> => {
    const data = await store.readPerson(people.admit(request, reply));
    return makeMyData(data, new Date(clock.now()));
  });
  app.get<{ Params: { lab: string } }>('/api/me/homes/:lab', { preHandler: limits.costly }, async (request, reply) => {
    const { lab } = request.params;
    const archive = await sandboxes.readHome(people.admit(request, reply), lab);
    if (!archive || !SLUG.test(lab)) throw new PodiumError('not_found');
    void reply.header('content-disposition', `attachment; filename="${lab}.tar.gz"`);
    return reply.type('application/gzip').send(Buffer.from(archive));
  });
  app.delete('/api/me/data', { preHandler: limits.costly }, async (request, reply): Promise<ForgottenReply> => {
    const ownerHash = people.admit(request, reply);
    // First: what ends later would be kept, and what still runs could do more.
    const ended = await sandboxes.discard(ownerHash);
    return { sandboxes: ended, ...(await store.forgetPerson(ownerHash)) };
  });
}

function makeMyData({ checksDone, places, answers, finishedRuns, homes }: PersonalData, now: Date): MyData {
  const iso = <T extends { readonly at: Date }>(each: T) => ({ ...each, at: each.at.toISOString() });
  return {
    madeAt: now.toISOString(),
    checksDone: checksDone.map(iso),
    places: places.map(iso),
    answers: answers.map((each) => iso({ ...each, answers: [...each.answers] })),
    finishedRuns: [...finishedRuns],
    homes: homes.map((each) => ({ ...iso(each), address: `/api/me/homes/${each.lab}` })),
  };
}
