/** What pages ask of labs, with or without a sandbox. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError } from '../errors.ts';
import { judgeAnswer } from '../labs/judge-answer.ts';
import type { Lab } from '../labs/lab.ts';
import { answerOrder, placeOrder, type AnswerResult, type LabMinutes, type LabProgress } from '../protocol/requests.ts';
import { listSolvable } from '../session/solves.ts';
import type { SandboxTable } from '../session/sandbox-table.ts';
import type { Store } from '../store/store.ts';
import type { People } from './people.ts';
import type { RateLimits } from './rate-limits.ts';

/** Of fewer people one who went for lunch would say how long a lab takes, and one could tell who it was. */
const LEAST_RUNS = 5;

/** Kept, and there is nothing more to say. */
const NO_CONTENT = 204;

export interface LabApiDeps {
  readonly labs: ReadonlyMap<string, Lab>;
  readonly drivers: Pick<DriverSwitch, 'current'>;
  readonly sandboxes: SandboxTable;
  readonly store: Store;
  readonly clock: Clock;
  readonly people: People;
  readonly limits: RateLimits;
}

export function registerLabApi(
  app: FastifyInstance,
  { labs, drivers, sandboxes, store, clock, people, limits }: LabApiDeps,
): void {
  const usual = { preHandler: limits.usual };

  app.get('/api/labs/minutes', usual, async (): Promise<LabMinutes> => {
    const measured = (await store.measureLabs()).filter(({ runs }) => runs >= LEAST_RUNS);
    return Object.fromEntries(
      measured.map(({ lab, medianSeconds }) => [lab, Math.max(1, Math.round(medianSeconds / 60))]),
    );
  });
  app.get<{ Params: { lab: string } }>(
    '/api/labs/:lab/progress',
    usual,
    async (request, reply): Promise<LabProgress> => {
      const ownerHash = people.admit(request, reply);
      const { lab } = request.params;
      const known = labs.get(lab);
      if (!known) throw new PodiumError('lab_unknown');
      const lack = drivers.current?.judgeLab?.(known.definition);
      const [checksDone, home, place, answers] = await Promise.all([
        store.listChecksDone(ownerHash, lab),
        sandboxes.findKeptHome(ownerHash, lab),
        store.findPlace(ownerHash, lab),
        store.listAnswers(ownerHash, lab),
      ]);
      return {
        checksDone: [...checksDone],
        solvable: [...listSolvable(known.steps)],
        answers: answers.map(({ question, answers: given }) => ({ question, answers: [...given] })),
        ...(place && { place: { step: place.step, at: place.at.toISOString() } }),
        ...(lack !== undefined && { lack }),
        ...(home && { home: { at: home.at.toISOString(), bytes: home.bytes } }),
      };
    },
  );
  app.post<{ Params: { lab: string; question: string } }>(
    '/api/labs/:lab/questions/:question',
    usual,
    async (request, reply): Promise<AnswerResult> => {
      const ownerHash = people.admit(request, reply);
      const order = answerOrder.safeParse(request.body);
      if (!order.success) throw new PodiumError('bad_request');
      const lab = labs.get(request.params.lab);
      if (!lab) throw new PodiumError('lab_unknown');
      const question = lab.questions.get(request.params.question);
      if (!question) throw new PodiumError('question_unknown');
      const { answers } = order.data;
      const given = { ownerHash, lab: lab.slug, question: request.params.question, answers };
      await store.keepAnswer({ ...given, at: new Date(clock.now()) });
      return judgeAnswer(question, order.data);
    },
  );
  app.put<{ Params: { lab: string } }>('/api/labs/:lab/place', usual, async (request, reply) => {
    const ownerHash = people.admit(request, reply);
    const order = placeOrder.safeParse(request.body);
    if (!order.success) throw new PodiumError('bad_request');
    const lab = labs.get(request.params.lab);
    if (!lab) throw new PodiumError('lab_unknown');
    if (!lab.steps.some(({ number }) => number === order.data.step)) throw new PodiumError('step_unknown');
    await store.keepPlace({ ownerHash, lab: lab.slug, step: order.data.step, at: new Date(clock.now()) });
    return reply.code(NO_CONTENT).send();
  });
}
