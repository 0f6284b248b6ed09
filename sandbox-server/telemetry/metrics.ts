import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** From a cached read to the longest start, in seconds. */
const REQUEST_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2];
const STAGE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 120];
const WAIT_BUCKETS = [1, 10, 60, 300, 900, 3600];
const CLAIM_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
/** From a minute to the life of a warm place. */
const AGE_BUCKETS = [60, 300, 900, 3600, 14_400, 43_200];

/** All metrics, with the few values that each label takes. Made anew for each server, so that tests do not share them. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  let listStates: () => Iterable<string> = () => [];
  return {
    registry,
    /** Sandboxes are counted when somebody asks: thousands, at each change of one of them, would be all that a server does. */
    countSandboxes(list: () => Iterable<string>) {
      listStates = list;
    },
    requests: new Histogram({
      name: 'podium_http_request_seconds',
      help: 'Time from a request to the end of its reply; streams are not counted.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: REQUEST_BUCKETS,
      registers,
    }),
    refusals: new Counter({
      name: 'podium_refusals_total',
      help: 'What was refused or failed, by the code of the error table.',
      labelNames: ['code'] as const,
      registers,
    }),
    sandboxes: new Gauge({
      name: 'podium_sandboxes',
      help: 'Sandboxes that this server knows, by state.',
      labelNames: ['state'] as const,
      registers,
      collect() {
        this.reset();
        for (const state of listStates()) this.inc({ state });
      },
    }),
    starts: new Counter({
      name: 'podium_starts_total',
      help: 'Starts that came to an end: running, cancelled, or a code of the error table.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    startStages: new Histogram({
      name: 'podium_start_stage_seconds',
      help: 'Time that each stage of a start took.',
      labelNames: ['stage'] as const,
      buckets: STAGE_BUCKETS,
      registers,
    }),
    waiting: new Gauge({
      name: 'podium_waiting',
      help: 'People who wait for room, on all servers together.',
      registers,
    }),
    waits: new Histogram({
      name: 'podium_wait_seconds',
      help: 'How long those waited who were given room.',
      buckets: WAIT_BUCKETS,
      registers,
    }),
    claims: new Counter({
      name: 'podium_claims_total',
      help: 'Where the sandbox of a start came from: the pool, made, or found because it was there already.',
      labelNames: ['origin'] as const,
      registers,
    }),
    claimSeconds: new Histogram({
      name: 'podium_claim_seconds',
      help: 'Time until it was settled which sandbox a start gets; a shell may still have to be made.',
      labelNames: ['origin'] as const,
      buckets: CLAIM_BUCKETS,
      registers,
    }),
    poolAge: new Histogram({
      name: 'podium_pool_age_seconds',
      help: 'How long a sandbox had been in the pool when it was given to somebody.',
      buckets: AGE_BUCKETS,
      registers,
    }),
    poolPlaces: new Gauge({
      name: 'podium_pool_places',
      help: 'Sandboxes that belong to nobody, by image of the lab: warm, and being made by this server.',
      labelNames: ['image', 'state'] as const,
      registers,
    }),
    isolationLayers: new Gauge({
      name: 'podium_isolation_layer',
      help: 'How learners are kept apart: 1 for the state in which a layer was found, proved, detected, missing or not_checked.',
      labelNames: ['layer', 'state'] as const,
      registers,
    }),
    endFailures: new Counter({
      name: 'podium_end_failures_total',
      help: 'Attempts to delete a sandbox that failed; each is tried again.',
      registers,
    }),
    checks: new Counter({
      name: 'podium_checks_total',
      help: 'Checks that were run, by a click or by themselves (watch): done, missing, or a code of the error table.',
      labelNames: ['outcome', 'cause'] as const,
      registers,
    }),
    terminalAttachments: new Gauge({
      name: 'podium_terminal_attachments',
      help: 'Browsers that are attached to a terminal, or about to be.',
      registers,
    }),
    terminalResumes: new Counter({
      name: 'podium_terminal_resumes_total',
      help: 'Browsers that came back to a terminal: continued, redrawn, or new_shell where theirs was gone.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    terminalLostBytes: new Counter({
      name: 'podium_terminal_lost_bytes_total',
      help: 'Bytes of output that a browser was told it will not see.',
      registers,
    }),
    terminalBytes: new Counter({
      name: 'podium_terminal_bytes_total',
      help: 'Bytes that went through terminals.',
      labelNames: ['direction'] as const,
      registers,
    }),
    followers: new Gauge({ name: 'podium_followers', help: 'Pages that follow the showing of a deck.', registers }),
    eventStreams: new Gauge({ name: 'podium_event_streams', help: 'Pages that listen for events.', registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
