/**
 * The driver port: how the server gets sandboxes and shells, whatever gives them.
 * Two adapters pass the same contract suite: `kubernetes/` (a namespace and a pod of a cluster) and
 * `local-pty.ts` (a shell of this machine, for one person on loopback).
 */
import type { StartStage } from '../protocol/sandbox.ts';

export interface SandboxRequest {
  /** Keyed hash of the person: the same owner and lab always mean the same sandbox. */
  readonly ownerHash: string;
  readonly lab: LabNeeds;
}

/** The part of `lab.yaml` that a driver must know. */
export interface LabNeeds {
  readonly slug: string;
  readonly image: string;
  readonly ceilingMinutes: number;
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

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** One shell on a pty. Disposing it ends the shell and what runs in its foreground. */
export interface Terminal extends AsyncDisposable {
  /** Output in order. Not reading it holds the shell back (backpressure); it ends when the shell does. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Resolves when the bytes are accepted for delivery, later when the shell does not read. */
  write(bytes: Uint8Array): Promise<void>;
  resize(size: TerminalSize): void;
  /** Exit status, or null where the connection was lost before it was known. */
  readonly exited: Promise<number | null>;
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

export interface Driver extends AsyncDisposable {
  readonly kind: 'kubernetes' | 'local';
  /**
   * Gives the sandbox of this owner and lab: an existing one is attached to, otherwise one is made. Idempotent also under parallel calls.
   * `onStage` is called as each stage begins; the promise resolves when a shell has answered.
   * Throws a PodiumError with a code of the error table; what was begun is then taken away again.
   */
  start(request: SandboxRequest, onStage: (stage: StartStage) => void, signal: AbortSignal): Promise<SandboxRecord>;
  /** All sandboxes on record, by one list: what a restarted server rebuilds its table from. */
  list(signal: AbortSignal): Promise<readonly SandboxRecord[]>;
  openTerminal(sandboxId: string, size: TerminalSize, signal: AbortSignal): Promise<Terminal>;
  /** Runs a check out of the learner's reach: in the `checker` container, with the restricted account. */
  runCheck(sandboxId: string, script: CheckScript, signal: AbortSignal): Promise<CheckRun>;
  /** Deletes everything of the sandbox; resolves when it is gone. Ending one that is gone succeeds. */
  end(sandboxId: string, signal: AbortSignal): Promise<void>;
}
