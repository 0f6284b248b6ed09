/**
 * All that this server refuses or fails at, in one table. The code is what a page shows its sentence for and what
 * `content/docs/reference/errors.md` has a heading for (a test holds the three in step).
 *
 * Close codes are the HTTP status plus 4000 where the WebSocket protocol has none of its own (RFC 6455, 7.4).
 */
import type { Refusal } from './protocol/sandbox.ts';

export interface ErrorTraits {
  readonly status: number;
  /** With what a WebSocket is closed for it. */
  readonly closeCode: number;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retryable: boolean;
}

export const errorTable = {
  // What was asked
  bad_request: { status: 400, closeCode: 4400, retryable: false },
  body_too_large: { status: 413, closeCode: 4413, retryable: false },
  not_found: { status: 404, closeCode: 4404, retryable: false },
  foreign_host: { status: 421, closeCode: 4421, retryable: false },
  foreign_origin: { status: 403, closeCode: 4403, retryable: false },
  rate_limited: { status: 429, closeCode: 4429, retryable: true },
  // The server itself
  internal: { status: 500, closeCode: 1011, retryable: true },
  shutting_down: { status: 503, closeCode: 1012, retryable: true },
  database_unreachable: { status: 503, closeCode: 4503, retryable: true },
  database_locked: { status: 503, closeCode: 4503, retryable: true },
  database_full: { status: 507, closeCode: 4507, retryable: true },
  // Why there is no cluster here
  chosen: { status: 503, closeCode: 4503, retryable: false },
  not_linux: { status: 503, closeCode: 4503, retryable: false },
  not_amd64: { status: 503, closeCode: 4503, retryable: false },
  not_root: { status: 503, closeCode: 4503, retryable: false },
  // The cluster
  cluster_starting: { status: 503, closeCode: 4503, retryable: true },
  cluster_failed: { status: 503, closeCode: 4503, retryable: false },
  cluster_unreachable: { status: 503, closeCode: 4503, retryable: true },
  cluster_refused: { status: 502, closeCode: 4502, retryable: false },
  isolation_unproved: { status: 503, closeCode: 4503, retryable: false },
  cluster_full: { status: 503, closeCode: 4503, retryable: true },
  // Sandboxes
  sandboxes_off: { status: 503, closeCode: 4503, retryable: false },
  lab_unknown: { status: 404, closeCode: 4404, retryable: false },
  sandbox_unknown: { status: 404, closeCode: 4404, retryable: false },
  sandbox_not_running: { status: 409, closeCode: 4409, retryable: true },
  sandbox_stopping: { status: 409, closeCode: 4409, retryable: true },
  sandbox_ended: { status: 410, closeCode: 4410, retryable: false },
  too_many_sandboxes: { status: 409, closeCode: 4409, retryable: false },
  line_left: { status: 409, closeCode: 4409, retryable: true },
  server_full: { status: 503, closeCode: 4503, retryable: true },
  network_unwalled: { status: 503, closeCode: 4503, retryable: false },
  image_missing: { status: 503, closeCode: 4503, retryable: false },
  start_failed: { status: 502, closeCode: 4502, retryable: true },
  start_timeout: { status: 504, closeCode: 4504, retryable: true },
  end_timeout: { status: 504, closeCode: 4504, retryable: true },
  home_too_large: { status: 413, closeCode: 4413, retryable: false },
  home_failed: { status: 502, closeCode: 4502, retryable: true },
  lab_files_failed: { status: 502, closeCode: 4502, retryable: true },
  save_failed: { status: 502, closeCode: 4502, retryable: true },
  step_unknown: { status: 404, closeCode: 4404, retryable: false },
  solve_unknown: { status: 404, closeCode: 4404, retryable: false },
  solve_busy: { status: 409, closeCode: 4409, retryable: true },
  solve_failed: { status: 502, closeCode: 4502, retryable: true },
  question_unknown: { status: 404, closeCode: 4404, retryable: false },
  // Checks
  check_unknown: { status: 404, closeCode: 4404, retryable: false },
  check_busy: { status: 409, closeCode: 4409, retryable: true },
  check_failed: { status: 502, closeCode: 4502, retryable: true },
  check_timeout: { status: 504, closeCode: 4504, retryable: true },
  // What is done for the learner
  script_failed: { status: 502, closeCode: 4502, retryable: true },
  script_timeout: { status: 504, closeCode: 4504, retryable: true },
  // Terminals
  ticket_refused: { status: 401, closeCode: 4401, retryable: true },
  too_many_terminals: { status: 429, closeCode: 4429, retryable: false },
  too_many_viewers: { status: 429, closeCode: 4429, retryable: false },
  not_writer: { status: 403, closeCode: 4403, retryable: false },
  input_overflow: { status: 413, closeCode: 4413, retryable: true },
  terminal_failed: { status: 502, closeCode: 4502, retryable: true },
  terminal_lost: { status: 502, closeCode: 4502, retryable: true },
  open_timeout: { status: 408, closeCode: 4408, retryable: true },
  frame_malformed: { status: 400, closeCode: 4400, retryable: false },
  frame_too_large: { status: 413, closeCode: 1009, retryable: false },
  frame_out_of_order: { status: 400, closeCode: 1002, retryable: false },
  block_unknown: { status: 404, closeCode: 4404, retryable: false },
  // Handing over to another browser
  hand_over_refused: { status: 403, closeCode: 4403, retryable: false },
  // Showings of decks
  presenting_refused: { status: 403, closeCode: 4403, retryable: false },
  showing_unknown: { status: 404, closeCode: 4404, retryable: false },
  showing_key_refused: { status: 403, closeCode: 4403, retryable: false },
  showing_full: { status: 503, closeCode: 4503, retryable: true },
  too_many_showings: { status: 409, closeCode: 4409, retryable: false },
  too_many_questions: { status: 409, closeCode: 4409, retryable: false },
  questions_closed: { status: 409, closeCode: 4409, retryable: false },
  poll_closed: { status: 409, closeCode: 4409, retryable: false },
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof errorTable;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

export interface PodiumErrorOptions {
  /** Filled into the page's sentence; shown to the learner, so nothing of the server's inside. */
  readonly values?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A failure that has a sentence. Anything else that is thrown is a defect and is shown as `internal`. */
export class PodiumError extends Error {
  override readonly name = 'PodiumError';
  readonly code: ErrorCode;
  readonly values: Readonly<Record<string, string>> | undefined;

  constructor(code: ErrorCode, options: PodiumErrorOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.values = options.values;
  }

  get traits(): ErrorTraits {
    return errorTable[this.code];
  }
}

/** The error as it is, or, for a defect, `internal` with the defect as its cause. */
export function toPodiumError(error: unknown): PodiumError {
  return error instanceof PodiumError ? error : new PodiumError('internal', { cause: error });
}

/** What goes over the wire; never the cause. */
export function makeRefusal(error: PodiumError): Refusal {
  return {
    code: error.code,
    retryable: error.traits.retryable,
    ...(error.values === undefined ? {} : { values: { ...error.values } }),
  };
}
