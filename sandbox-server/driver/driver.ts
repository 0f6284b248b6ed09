/**
 * The driver port: how the server gets sandboxes and shells, whatever gives them.
 * Two adapters pass the same contract suite: `kubernetes/` (a namespace and a pod of a cluster) and
 * `local-pty.ts` (a shell of this machine, for one person on loopback).
 */
import type { ErrorCode, PodiumError } from '../errors.ts';
import type { RunOutcome, ServerMessage } from '../protocol/frames.ts';
import type { AccountRole } from '../protocol/lab.ts';
import type { StartStage } from '../protocol/sandbox.ts';
import type { Isolation } from './isolation.ts';

/** Where a server keeps what people have done, and what lets them in. */
export interface ServerData {
  /** The same for all servers that share it, and for one that starts again with it. */
  readonly identity: string;
  /** For people, in half a sentence, without passwords. */
  readonly description: string;
  /** Several servers may have it at once. */
  readonly isShared: boolean;
}

/** A server with other data uses this cluster. The message says whose it is and what to do. */
export class ClusterTakenError extends Error {
  override readonly name = 'ClusterTakenError';
}

export interface SandboxRequest {
  /** Keyed hash of the person: the same owner and lab always mean the same sandbox. */
  readonly ownerHash: string;
  readonly lab: LabNeeds;
}

/** What a driver must know of a lab. */
export interface LabNeeds {
  readonly slug: string;
  readonly image: string;
  /** How long it is to live, unless it is given more time. */
  readonly lifeMinutes: number;
  /** Accounts that its pods may have, each with what it may do; none where it is left out. */
  readonly accounts?: readonly LabAccount[];
  /** `learner`: who learns writes the network policies. Only where nothing that they write opens the outer wall. */
  readonly network?: 'default' | 'learner';
}

export interface LabAccount {
  readonly name: string;
  readonly role: AccountRole;
}

/** What is on record about a sandbox; it survives the server (in the cluster: on the Namespace object). */
export interface SandboxRecord {
  readonly id: string;
  readonly lab: string;
  readonly ownerHash: string;
  readonly namespace: string;
  readonly state: 'starting' | 'running' | 'stopping';
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export type SandboxRecords = ReadonlyMap<string, SandboxRecord>;

/** A place in the line of those for whom there is no room yet. */
export interface Ticket {
  /** Of the sandbox that it is for. */
  readonly id: string;
  readonly ownerHash: string;
  readonly lab: string;
  readonly since: Date;
}

/** The line of all servers together; it survives each of them. `Driver.end` takes a ticket away too. */
export interface Line {
  /** Takes a place at its end; one that has a place keeps it. */
  join(ticket: Ticket, signal: AbortSignal): Promise<void>;
  /** Says that somebody still waits: who is not vouched for in three minutes has left. */
  renew(id: string, signal: AbortSignal): Promise<void>;
  /** Calls `onTickets` with all who wait, first come first, when they are known, and soon after each change. */
  follow(onTickets: (tickets: readonly Ticket[]) => void): Disposable;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** How a browser attaches to a terminal. */
export interface AttachOrder {
  /** One of a sandbox's terminals; its shell is started if it has none. */
  readonly terminal: string;
  /** The tab's own id: the same one after a reload writes again at once, and its input is taken once. */
  readonly client: string;
  /** What is shown to others of who types. */
  readonly device: string;
  readonly wish: 'write' | 'view';
  readonly size: TerminalSize;
  /** A new shell in place of one that has exited. */
  readonly isFresh: boolean;
  readonly resume?: { readonly epoch: string; readonly offset: number };
}

/** What an attachment is told, in order; the first is `opened`, the last `exited`, `failed` or `lost`. */
export type TerminalEvent =
  | Extract<ServerMessage, { type: 'opened' | 'gap' | 'size' | 'role' | 'state' | 'exited' | 'terminals' }>
  | { readonly type: 'output' | 'screen'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'accepted'; readonly sequence: number }
  | {
      readonly type: 'typed';
      readonly id: string;
      readonly outcome: RunOutcome;
      readonly program: string | null;
      readonly isAlternateScreen: boolean;
    }
  /** The terminal cannot be had, or a rule was broken. */
  | { readonly type: 'failed'; readonly error: PodiumError }
  /** The way to the terminal is gone; the terminal itself may go on, and can be attached to again. */
  | { readonly type: 'lost' };

/**
 * One browser's part in a terminal: sees its output, and, when it is the writer, types. The driver sends at most
 * 256 KiB of output ahead of `ack`. Disposing it leaves the shell running.
 */
export interface TerminalAttachment extends Disposable {
  /** Takes each sequence once, in order; typed only for the writer. */
  input(sequence: number, bytes: Uint8Array): void;
  /** Output up to this offset is drawn. */
  ack(offset: number): void;
  /** Heard from the writer only. */
  resize(size: TerminalSize): void;
  /** Becomes the writer. */
  take(): void;
  /** Types a text once for each id; answered by `typed`. Not into a busy program unless forced. */
  type(order: { readonly id: string; readonly text: string; readonly isForced: boolean }): void;
  /** Ends the shell and all that runs in its terminal. */
  end(): void;
}

export interface CheckRun {
  readonly exitCode: number;
  /** At most the first 64 KiB of standard output. */
  readonly output: string;
}

export interface CheckScript {
  readonly name: string;
  readonly source: string;
  readonly timeLimitMs: number;
}

/** A check that is asked again by itself. */
export interface WatchedCheck extends CheckScript {
  /** Kinds of the learner's namespace, by plural and group, whose change is a reason; `pods/log` where it reads logs. */
  readonly needs: readonly { readonly resource: string; readonly group: string }[];
}

export interface Driver extends AsyncDisposable {
  readonly kind: 'kubernetes' | 'local';
  /** How learners are kept apart; a driver without it does not keep them apart, and serves one person. */
  readonly isolation?: Isolation | undefined;
  /** Why this lab cannot be had here, whoever asks; undefined where it can, or where that is not known yet. */
  judgeLab?(lab: Pick<LabNeeds, 'network'>): ErrorCode | undefined;
  /**
   * Gives the sandbox of this owner and lab: an existing one is attached to, otherwise one is made. Idempotent also under parallel calls.
   * `onStage` is called as each stage begins; the promise resolves when a shell has answered.
   * Throws a PodiumError with a code of the error table; what was begun is then taken away again.
   */
  start(request: SandboxRequest, onStage: (stage: StartStage) => void, signal: AbortSignal): Promise<SandboxRecord>;
  /** All sandboxes on record, by one list: what a restarted server rebuilds its table from. */
  list(signal: AbortSignal): Promise<readonly SandboxRecord[]>;
  /**
   * Calls `onRecords` with all sandboxes on record, by id: when they are known, and soon after each change by whomever.
   * A driver that is the only one to know its sandboxes never calls.
   */
  follow(onRecords: (records: SandboxRecords) => void): Disposable;
  /** Where people wait when there is no room; a driver without it has room for whoever there is. */
  readonly line?: Line;
  /** Attaches to a terminal of the sandbox. `onEvent` is called in order, also before the promise resolves. */
  attach(
    sandboxId: string,
    order: AttachOrder,
    onEvent: (event: TerminalEvent) => void,
    signal: AbortSignal,
  ): Promise<TerminalAttachment>;
  /** Runs a check out of the learner's reach: in the `checker` container, with the restricted account. */
  runCheck(sandboxId: string, script: CheckScript, signal: AbortSignal): Promise<CheckRun>;
  /**
   * Runs a script (POSIX sh) where the learner types, as the learner: in the home, with what a login shell has, without
   * input. Both outputs are one. Throws `script_timeout` or `script_failed`; a status other than 0 is a result.
   */
  runAsLearner(sandboxId: string, script: CheckScript, signal: AbortSignal): Promise<CheckRun>;
  /**
   * Runs checks as `runCheck` does, one at a time: each once at the beginning, and again within two seconds of a change in
   * what it needs, or every few seconds where changes cannot be heard of; none again that has passed. One that needs more
   * than its share is asked more seldom. `onRun` is told of each run that came to its end within the time limit.
   * Resolves when all have passed, or, once nothing of it runs any more, when the signal is aborted. Throws where they
   * cannot be watched, or not any longer; nothing of it runs then either.
   */
  watchChecks(
    sandboxId: string,
    checks: readonly WatchedCheck[],
    onRun: (name: string, run: CheckRun) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Puts another end on record. Throws `sandbox_unknown` for a sandbox that is gone or about to go. */
  extend(sandboxId: string, expiresAt: Date, signal: AbortSignal): Promise<void>;
  /**
   * The files in the home as an archive (tar, compressed), without what the driver itself put there and caches; undefined
   * where there are none. Throws `home_too_large` where that is more than so many bytes, `home_failed` where it cannot be made.
   */
  saveHome(sandboxId: string, limitBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Puts such files into the home, over what is there. Throws `home_failed`. */
  restoreHome(sandboxId: string, archive: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Deletes everything of the sandbox; resolves when it is gone. Ending one that is gone succeeds. */
  end(sandboxId: string, signal: AbortSignal): Promise<void>;
}
