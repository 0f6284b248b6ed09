/** What the HTTP API and the event stream say of a sandbox. Codes and values, never sentences. */
import * as z from 'zod/mini';

/** Slugs of labs, names of checks, ids of blocks: what may stand in a URL and in a Kubernetes label. */
export const slug = z.string().check(z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/));

/** The stages of a start, in their order, as they are shown; `queue` only where there was no room at once. */
export const startStages = ['cluster', 'queue', 'namespace', 'rights', 'shell', 'prompt'] as const;
export type StartStage = (typeof startStages)[number];

export const stageProgress = z.object({
  stage: z.enum(startStages),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Milliseconds that the stage took, or has taken so far. */
  elapsedMs: z.int(),
});
export type StageProgress = z.infer<typeof stageProgress>;

/** How far the cluster itself is, while `npm start` is still building or starting it. */
export const clusterProgress = z.object({
  state: z.enum(['absent', 'building', 'starting', 'probing', 'ready', 'failed']),
  /** The part that is being built or started, e.g. `kube`. */
  part: z.optional(z.string()),
  index: z.optional(z.int()),
  count: z.optional(z.int()),
  remainingSeconds: z.optional(z.int()),
  /** An error code when `state` is `failed`. */
  code: z.optional(z.string()),
});
export type ClusterProgress = z.infer<typeof clusterProgress>;

export const sandboxStates = ['starting', 'running', 'stopping', 'gone', 'failed'] as const;

export const sandbox = z.object({
  id: z.string(),
  lab: slug,
  state: z.enum(sandboxStates),
  stages: z.array(stageProgress),
  /** While there is no room for it: 1 is next, of so many; the time is an estimate. */
  line: z.optional(z.object({ position: z.int(), waiting: z.int(), remainingSeconds: z.optional(z.int()) })),
  /** The learner's namespace, e.g. `learner-3f9k2m7q`, from when it is known. */
  namespace: z.optional(z.string()),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** When it ends unless somebody works in it. */
  expiresAt: z.string(),
  /** When it ends at the latest. */
  ceilingAt: z.string(),
  /** A step is being done for the learner, of those up to `last`; with an error code, that one could not be done. */
  solving: z.optional(z.object({ step: z.int(), last: z.int(), code: z.optional(z.string()) })),
  /** Names of the checks that have passed. */
  checksDone: z.array(z.string()),
  /** An error code: why it `failed`, why it is still `stopping`, or what one that is `running` has to do without. */
  code: z.optional(z.string()),
});
export type Sandbox = z.infer<typeof sandbox>;

/** `POST /api/sandboxes/<id>/checks/<name>`: done, or what is missing, as a message id with values. */
export const checkResult = z.object({
  check: slug,
  done: z.boolean(),
  message: z.optional(z.string()),
  values: z.optional(z.record(z.string(), z.string())),
});
export type CheckResult = z.infer<typeof checkResult>;

/** Messages of the event stream `GET /api/events` (server-sent events; `event:` is the type, `data:` JSON). */
export const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cluster'), cluster: clusterProgress }),
  z.object({ type: z.literal('sandbox'), sandbox }),
]);
export type PodiumEvent = z.infer<typeof event>;

/** `GET /api/status`: what this server can do, asked once by a page before it offers Start. */
export const serverStatus = z.object({
  driver: z.enum(['kubernetes', 'local', 'none']),
  /** Why `local` or `none`: an error code, so that the page can say how to get a cluster. */
  reason: z.optional(z.string()),
  cluster: clusterProgress,
});
export type ServerStatus = z.infer<typeof serverStatus>;

/** Any refusal of the HTTP API. `code` is a key of the error table. */
export const refusal = z.object({
  code: z.string(),
  retryable: z.boolean(),
  values: z.optional(z.record(z.string(), z.string())),
});
export type Refusal = z.infer<typeof refusal>;
