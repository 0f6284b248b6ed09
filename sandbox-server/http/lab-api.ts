/** What pages ask of labs, with or without a sandbox. */
import type { FastifyInstance } from 'fastify';
import { PodiumError } from '../errors.ts';
import { judgeAnswer } from '../labs/judge-answer.ts';
import type { Lab } from '../labs/lab.ts';
import { answerOrder, type AnswerResult, type LabMinutes, type LabProgress } from '../protocol/requests.ts';
import { listSolvable } from '../session/solves.ts';
import type { SandboxTable } from '../session/sandbox-table.ts';
import type { Store } from '../store/store.ts';
import type { People } from './people.ts';
import type { RateLimits } from './rate-limits.ts';

/** Of fewer people one who went for lunch would say how long a lab takes, and one could tell who it was. */
const LEAST_RUNS = 5;

export interface LabApiDeps {
  readonly labs: ReadonlyMap<string, Lab>;
  readonly sandboxes: SandboxTable;
  readonly store: Store;
  readonly people: People;
  readonly limits: RateLimits;
}

export function registerLabApi(app: FastifyInstance, { labs, sandboxes, store, people, limits }: LabApiDeps): void {
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
      const steps = labs.get(lab)?.steps;
      if (!steps) throw new PodiumError('lab_unknown');
      const [checksDone, home] = await Promise.all([
        store.listChecksDone(ownerHash, lab),
        sandboxes.findKeptHome(ownerHash, lab),
      ]);
      return {
        checksDone: [...checksDone],
        solvable: [...listSolvable(steps)],
        ...(home && { home: { at: home.at.toISOString(), bytes: home.bytes } }),
      };
    },
  );
  app.post<{ Params: { lab: string; question: string } }>(
    '/api/labs/:lab/questions/:question',
    usual,
    (request, reply): AnswerResult => {
      people.admit(request, reply);
      const order = answerOrder.safeParse(request.body);
      if (!order.success) throw new PodiumError('bad_request');
      const lab = labs.get(request.params.lab);
      if (!lab) throw new PodiumError('lab_unknown');
      const question = lab.questions.get(request.params.question);
      if (!question) throw new PodiumError('question_unknown');
      return judgeAnswer(question, order.data);
    },
  );
}
