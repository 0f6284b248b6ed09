/** The server's HTTP API as the page uses it. A refusal is a value: every code has a sentence in the page. */
import * as z from 'zod/mini';
import {
  answerResult,
  handOverReply,
  handOverResult,
  labProgress,
  saveReply,
  ticketReply,
  watchedChecksReply,
  type AnswerOrder,
  type AnswerResult,
  type HandOverReply,
  type LabProgress,
  type SaveReply,
  type WatchedChecksOrder,
  type WatchedChecksReply,
} from '../../sandbox-server/protocol/requests.ts';
import {
  checkResult,
  refusal,
  sandbox,
  serverStatus,
  type CheckResult,
  type Refusal,
  type Sandbox,
  type ServerStatus,
} from '../../sandbox-server/protocol/sandbox.ts';

/** A start or a check that the server accepts is answered at once; only a dead connection takes longer. */
const ANSWER_LIMIT_MS = 30_000;

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** What a learner wants of a sandbox that starts. */
export interface StartWishes {
  /** Without the files that are kept, which are deleted. */
  readonly isFresh: boolean;
  /** Number of the step at which to begin: those before it are done for them. With 0 none are. */
  readonly step: number;
}

export interface SandboxApi {
  status(): Promise<Answer<ServerStatus>>;
  sandboxes(): Promise<Answer<readonly Sandbox[]>>;
  start(lab: string, wishes: StartWishes): Promise<Answer<Sandbox>>;
  /** Ends a sandbox, or cancels its start; what becomes of it is told by events. */
  stop(sandboxId: string): Promise<Answer<null>>;
  /** Gives it as much more time as it may have. */
  extend(sandboxId: string): Promise<Answer<Sandbox>>;
  /** Ends it and starts another; what becomes of it is told by events. */
  startOver(sandboxId: string, wishes: StartWishes): Promise<Answer<null>>;
  /** Has a step done for the learner; how it goes is told by events. */
  solve(sandboxId: string, step: number): Promise<Answer<null>>;
  cancelSolve(sandboxId: string): Promise<Answer<null>>;
  check(sandboxId: string, name: string): Promise<Answer<CheckResult>>;
  /** Has the file of a block of the lab's page written into the home. */
  saveFile(sandboxId: string, block: string): Promise<Answer<SaveReply>>;
  /** Has an answer to a question of the lab judged; without one it says what is right. */
  answer(lab: string, question: string, order: AnswerOrder): Promise<Answer<AnswerResult>>;
  /** Says which checks a page has in sight, for a minute; answers which of them are asked by themselves. */
  watchChecks(sandboxId: string, order: WatchedChecksOrder): Promise<Answer<WatchedChecksReply>>;
  ticket(sandboxId: string, signal: AbortSignal): Promise<Answer<string>>;
  /** A link that makes another browser the same person, once. */
  handOver(sandboxId: string): Promise<Answer<HandOverReply>>;
  /** Becomes the person who made the link; resolves to that person's lab. */
  redeem(code: string): Promise<Answer<string>>;
  /** What this person has done in a lab, in whatever sandbox, and the files that they left. */
  progress(lab: string): Promise<Answer<LabProgress>>;
  /** Tells the server which step is open, for other devices. */
  keepPlace(lab: string, step: number): Promise<Answer<null>>;
  /** Milliseconds since 1970 by the server's clock, by which sandboxes expire. */
  serverNow(): number;
}

export function createSandboxApi(): SandboxApi {
  let skewMs = 0;
  const ask = async <T>(
    method: string,
    path: string,
    decode: (body: unknown) => T,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Answer<T>> => {
    const reply = await send(method, path, body, signal);
    if (reply === null) return unreachable;
    const date = Date.parse(reply.headers.get('date') ?? '');
    if (!Number.isNaN(date)) skewMs = date - Date.now();
    return decodeReply(reply, decode);
  };
  return {
    status: () => ask('GET', 'status', (body) => z.parse(serverStatus, body)),
    sandboxes: () => ask('GET', 'sandboxes', (body) => z.parse(z.array(sandbox), body)),
    start: (lab, wishes) => ask('POST', 'sandboxes', (body) => z.parse(sandbox, body), { lab, ...wishes }),
    stop: (id) => ask('DELETE', `sandboxes/${id}`, () => null),
    extend: (id) => ask('POST', `sandboxes/${id}/extend`, (body) => z.parse(sandbox, body)),
    startOver: (id, wishes) => ask('POST', `sandboxes/${id}/start-over`, () => null, wishes),
    solve: (id, step) => ask('POST', `sandboxes/${id}/solve`, () => null, { step }),
    cancelSolve: (id) => ask('DELETE', `sandboxes/${id}/solve`, () => null),
    check: (id, name) => ask('POST', `sandboxes/${id}/checks/${name}`, (body) => z.parse(checkResult, body)),
    saveFile: (id, block) => ask('POST', `sandboxes/${id}/files`, (body) => z.parse(saveReply, body), { block }),
    answer: (lab, question, order) =>
      ask('POST', `labs/${lab}/questions/${question}`, (body) => z.parse(answerResult, body), order),
    watchChecks: (id, order) =>
      ask('POST', `sandboxes/${id}/watched-checks`, (body) => z.parse(watchedChecksReply, body), order),
    ticket: (id, signal) =>
      ask('POST', `sandboxes/${id}/tickets`, (body) => z.parse(ticketReply, body).ticket, undefined, signal),
    handOver: (id) => ask('POST', `sandboxes/${id}/hand-over`, (body) => z.parse(handOverReply, body)),
    redeem: (code) => ask('POST', 'hand-over', (body) => z.parse(handOverResult, body).lab, { code }),
    progress: (lab) => ask('GET', `labs/${lab}/progress`, (body) => z.parse(labProgress, body)),
    keepPlace: (lab, step) => ask('PUT', `labs/${lab}/place`, () => null, { step }),
    serverNow: () => Date.now() + skewMs,
  };
}

const unreachable: Answer<never> = { ok: false, refusal: { code: 'unreachable', retryable: true } };

/** The reply, or null where none came. */
async function send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response | null> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const init: RequestInit = { method, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) };
  if (body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  return fetch(`/api/${path}`, init).catch(() => null);
}

async function decodeReply<T>(reply: Response, decode: (body: unknown) => T): Promise<Answer<T>> {
  const body: unknown = await reply.json().catch(() => null);
  try {
    return reply.ok ? { ok: true, value: decode(body) } : { ok: false, refusal: z.parse(refusal, body) };
  } catch {
    /* Not one of our answers: a proxy's error page, or a static server without an API. */
    return unreachable;
  }
}
