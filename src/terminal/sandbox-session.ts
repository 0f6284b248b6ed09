/** One lab's sandbox, as the page follows it: asks, listens, and tells those who show it. No DOM. */
import type { Refusal, Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { listenToEvents } from './event-stream.ts';
import type { Answer, SandboxApi, StartWishes } from './sandbox-api.ts';
import {
  initialSession,
  isGone,
  nextSession,
  sandboxOf,
  type SessionInput,
  type SessionState,
} from './session-state.ts';

export interface SandboxSession extends Disposable {
  readonly state: SessionState;
  readonly api: SandboxApi;
  /** Is called now and at every change, until the returned function is called. */
  subscribe(onState: (state: SessionState) => void): () => void;
  /** Begins to ask and to listen; a reload finds the sandbox that is already there. */
  load(): Promise<void>;
  start(wishes: StartWishes): Promise<void>;
  stop(): Promise<void>;
  /** Ends the running sandbox and starts another. */
  startOver(wishes: StartWishes): Promise<void>;
  /** Asks for more time; a refusal is said, and changes nothing. */
  extend(): Promise<Answer<Sandbox>>;
  /** Asks what has become of the sandbox; an answer that does not come changes nothing. */
  refresh(): Promise<void>;
  /** Asks for a ticket to the terminal. When the sandbox is gone, the state says so before this answers. */
  ticket(sandboxId: string, signal: AbortSignal): Promise<Answer<string>>;
}

export function createSandboxSession(lab: string, api: SandboxApi): SandboxSession {
  return new PageSession(lab, api);
}

class PageSession implements SandboxSession {
  readonly api: SandboxApi;
  #state: SessionState;
  #stopListening: (() => void) | undefined;
  /** The latest start's answer, which may be on its way; how many there were, for lists that were asked for before it. */
  #started: Promise<void> = Promise.resolve();
  #starts = 0;
  readonly #subscribers = new Set<(state: SessionState) => void>();

  constructor(lab: string, api: SandboxApi) {
    this.api = api;
    this.#state = initialSession(lab);
  }

  get state(): SessionState {
    return this.#state;
  }

  subscribe(onState: (state: SessionState) => void): () => void {
    this.#subscribers.add(onState);
    onState(this.#state);
    return () => this.#subscribers.delete(onState);
  }

  async load(): Promise<void> {
    const status = await this.api.status();
    if (!status.ok) return this.#refuse(status.refusal);
    this.#take({ type: 'status', status: status.value });
    if (status.value.driver === 'none') return;
    this.#stopListening ??= listenToEvents({
      onEvent: (event) => this.#take({ type: 'event', event }),
      onOpened: () => void this.refresh(),
    });
    await this.refresh();
  }

  start(wishes: StartWishes): Promise<void> {
    this.#starts += 1;
    this.#started = this.#askForStart(wishes);
    return this.#started;
  }

  stop(): Promise<void> {
    return this.#end({ startsOver: false }, (id) => this.api.stop(id));
  }

  startOver(wishes: StartWishes): Promise<void> {
    return this.#end({ startsOver: true }, (id) => this.api.startOver(id, wishes));
  }

  async extend(): Promise<Answer<Sandbox>> {
    const answer = await this.api.extend(sandboxOf(this.#state)?.id ?? '');
    if (answer.ok) this.#take({ type: 'event', event: { type: 'sandbox', sandbox: answer.value } });
    else if (isGone(answer.refusal.code)) await this.refresh();
    return answer;
  }

  async refresh(): Promise<void> {
    await this.#started;
    const starts = this.#starts;
    const own = await this.api.sandboxes();
    if (starts !== this.#starts) return this.refresh();
    if (own.ok) this.#take({ type: 'sandboxes', sandboxes: own.value });
    else if (this.#state.phase.kind === 'loading') this.#onFirstListRefused(own.refusal);
  }

  async ticket(sandboxId: string, signal: AbortSignal): Promise<Answer<string>> {
    const answer = await this.api.ticket(sandboxId, signal);
    if (answer.ok || !isGone(answer.refusal.code)) return answer;
    await this.refresh();
    /* Who is still waiting for this ticket was not told of an end: the list could not be had, or names the sandbox again. */
    return { ok: false, refusal: { ...answer.refusal, retryable: true } };
  }

  [Symbol.dispose](): void {
    this.#stopListening?.();
    this.#subscribers.clear();
  }

  async #askForStart(wishes: StartWishes): Promise<void> {
    this.#take({ type: 'asked' });
    const answer = await this.api.start(this.#state.lab, wishes);
    if (answer.ok) this.#take({ type: 'accepted', sandbox: answer.value });
    else this.#refuse(answer.refusal);
  }

  async #end(how: { startsOver: boolean }, ask: (sandboxId: string) => Promise<Answer<null>>): Promise<void> {
    const sandbox = sandboxOf(this.#state);
    if (sandbox === null) return;
    this.#take({ type: 'stopAsked', ...how });
    const answer = await ask(sandbox.id);
    if (!answer.ok) await this.#onStopRefused(answer);
  }

  async #onStopRefused(answer: Extract<Answer<null>, { ok: false }>): Promise<void> {
    if (isGone(answer.refusal.code)) await this.refresh();
    else this.#refuse(answer.refusal);
  }

  /** A start may be asked for while there is no cluster yet; what is found when it is there comes by events. */
  #onFirstListRefused(refusal: Refusal): void {
    if (refusal.code === 'cluster_starting') this.#take({ type: 'sandboxes', sandboxes: [] });
    else this.#refuse(refusal);
  }

  /** Start can be pressed before this is answered: what is kept comes back in any case. */
  async #findHome(): Promise<void> {
    const answer = await this.api.progress(this.#state.lab);
    if (!answer.ok) return;
    const { home = null, lack } = answer.value;
    if (lack !== undefined && this.#state.phase.kind === 'idle') this.#refuse({ code: lack, retryable: false });
    else this.#take({ type: 'home', home });
  }

  #refuse(refusal: Refusal): void {
    this.#take({ type: 'refused', refusal });
  }

  #take(input: SessionInput): void {
    const before = this.#state.phase.kind;
    this.#state = nextSession(this.#state, input);
    if (this.#state.phase.kind === 'idle' && before !== 'idle') void this.#findHome();
    for (const subscriber of this.#subscribers) subscriber(this.#state);
  }
}
