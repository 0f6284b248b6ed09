/**
 * Connections to agents, one for each sandbox that somebody is attached to: opened by the first who comes, shared by
 * all, and closed some seconds after the last one has left.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { AttachOrder, Driver, TerminalAttachment, TerminalEvent } from '../driver.ts';
import { type AgentConnection, type AgentStream, connectToAgent } from './agent-connection.ts';
import { createFloodPace } from './flood-pace.ts';
import { announceRestart } from './restart-notice.ts';
import { withSignal } from '../../with-signal.ts';

/** A page that is loaded again is back within a second or two, and then finds the connection still there. */
const LINGER_MS = 10_000;

export interface AgentConnectionsDeps {
  /** Starts `shell-agent attach` in the shell container of this sandbox. */
  readonly openStream: (sandboxId: string, signal: AbortSignal) => Promise<AgentStream>;
  /** Why the container has been started again, undefined when it has not; `isExpected` when we know that it has. */
  readonly findRestart: (sandboxId: string, isExpected: boolean) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Disposing it closes them all. */
export interface AgentConnections extends Pick<Driver, 'attach'>, Disposable {
  /** The sandbox has ended: nothing of it needs to be known any more. */
  forget(sandboxId: string): void;
}

interface Line {
  readonly connection: Promise<AgentConnection>;
  readonly abort: AbortController;
  users: number;
  linger: Disposable | undefined;
}

export function createAgentConnections(deps: AgentConnectionsDeps): AgentConnections {
  return new Lines(deps);
}

class Lines implements AgentConnections {
  readonly #deps: AgentConnectionsDeps;
  readonly #serverId = randomUUID();
  readonly #pace;
  readonly #lines = new Map<string, Line>();
  /** Of each sandbox's agent when it was last connected to: another one means that the container was started again. */
  readonly #instances = new Map<string, string>();

  constructor(deps: AgentConnectionsDeps) {
    this.#deps = deps;
    this.#pace = createFloodPace(deps.clock);
  }

  async attach(
    sandboxId: string,
    order: AttachOrder,
    onEvent: (event: TerminalEvent) => void,
    signal: AbortSignal,
  ): Promise<TerminalAttachment> {
    signal.throwIfAborted();
    const instanceBefore = this.#instances.get(sandboxId);
    const line = this.#lines.get(sandboxId) ?? this.#open(sandboxId);
    const leave = this.#enter(sandboxId, line);
    try {
      const connection = await withSignal(line.connection, signal);
      const isChanged = instanceBefore !== undefined && instanceBefore !== connection.instance;
      const findRestart = () => this.#deps.findRestart(sandboxId, isChanged);
      const events = this.#mayFollowRestart(connection, order) ? announceRestart(onEvent, findRestart) : onEvent;
      return connection.attach(order, events, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  forget(sandboxId: string): void {
    this.#close(sandboxId);
    this.#instances.delete(sandboxId);
  }

  [Symbol.dispose](): void {
    for (const sandboxId of [...this.#lines.keys()]) this.#close(sandboxId);
  }

  /** A browser that had a shell, or the first shell of all: neither a new one that was asked for nor one more tab. */
  #mayFollowRestart({ terminals }: AgentConnection, { isFresh, resume }: AttachOrder): boolean {
    return !isFresh && (resume !== undefined || terminals.length === 0);
  }

  #open(sandboxId: string): Line {
    const abort = new AbortController();
    const remove = () => {
      if (this.#lines.get(sandboxId)?.abort === abort) this.#lines.delete(sandboxId);
    };
    const connection = this.#connect(sandboxId, remove, abort.signal);
    connection.then(({ instance }) => this.#instances.set(sandboxId, instance), remove);
    const line: Line = { connection, abort, users: 0, linger: undefined };
    this.#lines.set(sandboxId, line);
    return line;
  }

  async #connect(sandboxId: string, remove: () => void, signal: AbortSignal): Promise<AgentConnection> {
    const { openStream, clock, log } = this.#deps;
    const stream = await openStream(sandboxId, signal);
    signal.addEventListener('abort', () => stream[Symbol.dispose](), { once: true });
    const onLost = (fault: string | undefined) => {
      if (fault !== undefined) log.warn({ sandbox: sandboxId, fault }, 'connection to an agent was ended');
      remove();
    };
    return connectToAgent(stream, { clock, pace: this.#pace, serverId: this.#serverId, onLost });
  }

  /** Counts one in; the result counts it out, once. */
  #enter(sandboxId: string, line: Line): () => void {
    line.users += 1;
    line.linger?.[Symbol.dispose]();
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      line.users -= 1;
      if (line.users > 0) return;
      line.linger = this.#deps.clock.after(LINGER_MS, () => {
        if (this.#lines.get(sandboxId) === line) this.#close(sandboxId);
      });
    };
  }

  #close(sandboxId: string): void {
    const line = this.#lines.get(sandboxId);
    this.#lines.delete(sandboxId);
    line?.linger?.[Symbol.dispose]();
    line?.abort.abort(new Error('the connection is not needed any more'));
    line?.connection.then((connection) => connection[Symbol.dispose]()).catch(() => undefined);
  }
}
