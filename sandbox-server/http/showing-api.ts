/** What pages ask of the showing of a deck: those who present it, and those who follow. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PodiumError } from '../errors.ts';
import { includesRole } from '../follow/showing-state.ts';
import type { Showings } from '../follow/showings.ts';
import {
  captionOrder,
  commandOrder,
  keyOrder,
  linkOrder,
  position,
  questionChange,
  questionOrder,
  questionPath,
  screenOrder,
  showingOrder,
  showingSettings,
  voteOrder,
  type LinkReply,
  type QuestionReply,
  type QuestionsReply,
  type ShowingReply,
  type ShowingRole,
} from '../protocol/showing.ts';
import { slug } from '../protocol/sandbox.ts';
import type { FollowAddress } from './follow-address.ts';
import type { MayPresent } from './may-present.ts';
import type { People } from './people.ts';
import type { RateLimits } from './rate-limits.ts';
import type { ShowingAccess, ShowingVisit } from './showing-access.ts';

export interface ShowingApiDeps {
  readonly showings: Showings;
  readonly access: ShowingAccess;
  readonly mayPresent: MayPresent;
  readonly addressOf: (code: string, request: FastifyRequest) => FollowAddress;
  readonly people: People;
  readonly limits: RateLimits;
}

interface ByCode {
  Params: { code: string };
}
interface ByQuestion {
  Params: { code: string; id: string };
}

/** A screen of a terminal in three bytes a character. */
const MAX_BODY_BYTES = 8192;
const CREATED = 201;
const DONE = 204;

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** What was asked, or a refusal that says that it is not what is asked here. */
function read<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new PodiumError('bad_request');
  return parsed.data;
}

export function registerShowingApi(app: FastifyInstance, deps: ShowingApiDeps): void {
  registerBeginning(app, deps);
  registerPresenting(app, deps);
  registerFollowing(app, deps);
}

/** How one comes to present, to hold a remote or to type captions. */
function registerBeginning(app: FastifyInstance, deps: ShowingApiDeps): void {
  const { showings, access, limits } = deps;
  const describe = ({ code, role, showing }: ShowingVisit, request: FastifyRequest): ShowingReply => ({
    code,
    deck: showing.deck,
    role,
    ...deps.addressOf(code, request),
  });

  app.post('/api/showings', { preHandler: limits.guessable }, async (request, reply): Promise<ShowingReply> => {
    if (!deps.mayPresent(request)) throw new PodiumError('presenting_refused');
    const { deck } = read(showingOrder, request.body);
    const { code, key } = await showings.begin(deck);
    access.giveKey(reply, code, key);
    void reply.code(CREATED);
    return { code, deck, role: 'presenter', ...deps.addressOf(code, request) };
  });
  app.get<ByCode>('/api/showings/:code', { preHandler: limits.following }, async (request) =>
    describe(await access.enter(request.params.code, request.raw), request),
  );
  app.post<ByCode>('/api/showings/:code/links', { preHandler: limits.usual }, async (request): Promise<LinkReply> => {
    const { code } = await access.enter(request.params.code, request.raw, 'presenter');
    return { key: await showings.makeLink(code, read(linkOrder, request.body).role) };
  });
  app.post<ByCode>('/api/showings/:code/key', { preHandler: limits.guessable }, async (request, reply) => {
    const { key } = read(keyOrder, request.body);
    const visit = await access.enter(request.params.code, request.raw);
    const role = await showings.roleOf(visit.code, key);
    if (role === 'follower') throw new PodiumError('showing_key_refused');
    // A presenter who tries the captioner's link in the same browser goes on presenting.
    const isMore = !includesRole(visit.role, role);
    if (isMore) access.giveKey(reply, visit.code, key);
    return describe({ ...visit, role: isMore ? role : visit.role }, request);
  });
}

/** What needs a key. */
function registerPresenting(app: FastifyInstance, { showings, access, limits }: ShowingApiDeps): void {
  const route = <Order>(
    path: string,
    { role, schema, work }: { role: ShowingRole; schema: Schema<Order>; work: (code: string, order: Order) => unknown },
  ) => {
    const options = { preHandler: limits.presenting, bodyLimit: MAX_BODY_BYTES };
    app.post<ByCode>(`/api/showings/:code/${path}`, options, async (request, reply) => {
      const { code } = await access.enter(request.params.code, request.raw, role);
      await work(code, read(schema, request.body));
      return reply.code(DONE).send();
    });
  };
  route('position', { role: 'presenter', schema: position, work: (code, to) => showings.move(code, to) });
  route('settings', {
    role: 'presenter',
    schema: showingSettings,
    work: (code, settings) => showings.change(code, settings),
  });
  route('screen', {
    role: 'presenter',
    schema: screenOrder,
    work: (code, { text }) => showings.showScreen(code, text),
  });
  route('commands', {
    role: 'remote',
    schema: commandOrder,
    work: (code, { command }) => showings.command(code, command),
  });
  route('captions', {
    role: 'captioner',
    schema: captionOrder,
    work: (code, { text, isFinal }) => showings.caption(code, text, isFinal),
  });
  app.post<ByQuestion>(
    '/api/showings/:code/questions/:id/state',
    { preHandler: limits.presenting },
    async (request, reply) => {
      const { code } = await access.enter(request.params.code, request.raw, 'presenter');
      const { id } = read(questionPath, { code, id: request.params.id });
      await showings.moderate(code, id, read(questionChange, request.body).state);
      return reply.code(DONE).send();
    },
  );
  app.delete<ByCode>('/api/showings/:code', { preHandler: limits.usual }, async (request, reply) => {
    const { code } = await access.enter(request.params.code, request.raw, 'presenter');
    await showings.end(code);
    return reply.code(DONE).send();
  });
}

/** What anybody may who has the code. */
function registerFollowing(app: FastifyInstance, { showings, access, people, limits }: ShowingApiDeps): void {
  app.post<ByCode>(
    '/api/showings/:code/questions',
    { preHandler: limits.asking },
    async (request, reply): Promise<QuestionReply> => {
      const { text } = read(questionOrder, request.body);
      const { code } = await access.enter(request.params.code, request.raw);
      void reply.code(CREATED);
      return { id: await showings.ask(code, text, people.admit(request, reply)) };
    },
  );
  app.post<ByQuestion>(
    '/api/showings/:code/questions/:id/votes',
    { preHandler: limits.voting },
    async (request, reply) => {
      const { code } = await access.enter(request.params.code, request.raw);
      const { id } = read(questionPath, { code, id: request.params.id });
      await showings.voteFor(code, id, people.admit(request, reply));
      return reply.code(DONE).send();
    },
  );
  app.post<ByCode>('/api/showings/:code/poll', { preHandler: limits.voting }, async (request, reply) => {
    const order = read(voteOrder, request.body);
    const { code } = await access.enter(request.params.code, request.raw);
    await showings.votePoll(code, order, people.admit(request, reply));
    return reply.code(DONE).send();
  });
  app.get<ByCode>(
    '/api/showings/:code/questions',
    { preHandler: limits.following },
    async (request): Promise<QuestionsReply> => {
      const { code } = await access.enter(request.params.code, request.raw);
      return { questions: [...(await showings.listPublic(code))] };
    },
  );
  app.get<{ Params: { deck: string } }>(
    '/api/decks/:deck/questions',
    { preHandler: limits.usual },
    async (request) => ({
      questions: [...(await showings.listAnswered(read(slug, request.params.deck)))],
    }),
  );
}
