/** What a page knows of its sandbox, and how that changes: pure, so that every way through it can be tested. */
import type { KeptHome } from '../../sandbox-server/protocol/requests.ts';
import type {
  ClusterProgress,
  PodiumEvent,
  Refusal,
  Sandbox,
  ServerStatus,
} from '../../sandbox-server/protocol/sandbox.ts';

/** Why there is no sandbox any more: the learner stopped it, starts over, cancelled its start, or it ended without their doing. */
export type Ending = 'stopped' | 'over' | 'cancelled' | 'ended';

export type SessionPhase =
  | { readonly kind: 'loading' }
  /** Nothing can be started here, and waiting does not help. */
  | { readonly kind: 'unavailable'; readonly code: string }
  | { readonly kind: 'idle'; readonly ending: Ending | null }
  /** Start was pressed; the server has not answered yet. */
  | { readonly kind: 'asking' }
  | { readonly kind: 'starting'; readonly sandbox: Sandbox }
  | { readonly kind: 'running'; readonly sandbox: Sandbox }
  | { readonly kind: 'stopping'; readonly sandbox: Sandbox; readonly ending: Ending }
  | { readonly kind: 'failed'; readonly refusal: Refusal };

export interface SessionState {
  readonly lab: string;
  readonly phase: SessionPhase;
  readonly driver: ServerStatus['driver'];
  /** Why the driver is not a cluster: an error code. */
  readonly reason: string | null;
  readonly cluster: ClusterProgress;
  /** The files that are kept of an earlier sandbox, as far as is known. */
  readonly home: KeptHome | null;
}

export type SessionInput =
  | { readonly type: 'status'; readonly status: ServerStatus }
  | { readonly type: 'sandboxes'; readonly sandboxes: readonly Sandbox[] }
  | { readonly type: 'event'; readonly event: PodiumEvent }
  | { readonly type: 'home'; readonly home: KeptHome | null }
  | { readonly type: 'asked' }
  /** The server's answer to Start. */
  | { readonly type: 'accepted'; readonly sandbox: Sandbox }
  | { readonly type: 'stopAsked'; readonly startsOver?: boolean }
  | { readonly type: 'refused'; readonly refusal: Refusal };

export function initialSession(lab: string): SessionState {
  return {
    lab,
    phase: { kind: 'loading' },
    driver: 'none',
    reason: null,
    cluster: { state: 'absent' },
    home: null,
  };
}

export function nextSession(state: SessionState, input: SessionInput): SessionState {
  switch (input.type) {
    case 'status':
      return withStatus(state, input.status);
    case 'sandboxes':
      return withSandboxes(state, input.sandboxes);
    case 'event':
      return input.event.type === 'cluster'
        ? { ...state, cluster: input.event.cluster }
        : withSandbox(state, input.event.sandbox);
    case 'home':
      return { ...state, home: input.home };
    case 'asked':
      return { ...state, phase: { kind: 'asking' } };
    case 'accepted':
      /* Events may overtake the answer: then they know more than it does. */
      return state.phase.kind === 'asking' ? withSandbox(state, input.sandbox) : state;
    case 'stopAsked':
      return withStopAsked(state, input.startsOver === true ? 'over' : 'stopped');
    case 'refused':
      return { ...state, phase: { kind: 'failed', refusal: input.refusal } };
  }
}

/** The sandbox of the phase, where it has one. */
export function sandboxOf(state: SessionState): Sandbox | null {
  return 'sandbox' in state.phase ? state.phase.sandbox : null;
}

/** Whether a refusal says that there is no such sandbox any more, so that trying again cannot help. */
export function isGone(code: string): boolean {
  return code === 'sandbox_unknown' || code === 'sandbox_ended';
}

function withStatus(state: SessionState, status: ServerStatus): SessionState {
  const known = { ...state, driver: status.driver, reason: status.reason ?? null, cluster: status.cluster };
  if (status.driver !== 'none') return known;
  return { ...known, phase: { kind: 'unavailable', code: status.reason ?? 'sandboxes_off' } };
}

/** The list is the whole truth: a sandbox that it does not name is gone, also when no event said so. */
function withSandboxes(state: SessionState, sandboxes: readonly Sandbox[]): SessionState {
  if (state.phase.kind === 'unavailable' || state.phase.kind === 'asking') return state;
  const own = sandboxes.find((sandbox) => sandbox.lab === state.lab && sandbox.state !== 'gone');
  if (own !== undefined) return withSandbox(state, own);
  return { ...state, phase: { kind: 'idle', ending: endingOf(state.phase) } };
}

function withSandbox(state: SessionState, sandbox: Sandbox): SessionState {
  if (sandbox.lab !== state.lab) return state;
  return { ...state, phase: phaseOf(state.phase, sandbox) };
}

function phaseOf(before: SessionPhase, sandbox: Sandbox): SessionPhase {
  switch (sandbox.state) {
    case 'starting':
      /* A list that was asked for earlier may arrive after the news that the sandbox runs, or after Stop was pressed. */
      return isNewer(sandbox, before) || (before.kind !== 'stopping' && before.kind !== 'running')
        ? { kind: 'starting', sandbox }
        : before;
    case 'running':
      return isNewer(sandbox, before) || before.kind !== 'stopping' ? { kind: 'running', sandbox } : before;
    case 'stopping':
      return { kind: 'stopping', sandbox, ending: endingOf(before) ?? 'ended' };
    case 'gone':
      return isOlder(before, sandbox) ? before : { kind: 'idle', ending: endingOf(before) };
    case 'failed':
      if (before.kind === 'stopping' && before.ending === 'cancelled') return { kind: 'idle', ending: 'cancelled' };
      return { kind: 'failed', refusal: { code: sandbox.code ?? 'internal', retryable: true } };
  }
}

/** Whether word of a sandbox is about one after the present one: another tab has stopped that and started anew. */
function isNewer(sandbox: Sandbox, before: SessionPhase): boolean {
  return 'sandbox' in before && before.sandbox.createdAt < sandbox.createdAt;
}

/** Whether word of a sandbox is about one before the present one. */
function isOlder(before: SessionPhase, sandbox: Sandbox): boolean {
  return 'sandbox' in before && before.sandbox.createdAt > sandbox.createdAt;
}

function endingOf(phase: SessionPhase): Ending | null {
  if (phase.kind === 'stopping' || phase.kind === 'idle') return phase.ending;
  return phase.kind === 'running' || phase.kind === 'starting' ? 'ended' : null;
}

function withStopAsked(state: SessionState, ending: Ending): SessionState {
  const { phase } = state;
  if (phase.kind === 'running') return { ...state, phase: { kind: 'stopping', sandbox: phase.sandbox, ending } };
  if (phase.kind === 'starting')
    return { ...state, phase: { kind: 'stopping', sandbox: phase.sandbox, ending: 'cancelled' } };
  return state;
}
