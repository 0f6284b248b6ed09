/**
 * The pages of showings that are connected to this server, and what they are told. What other servers have to say comes
 * as events; what happens often is put together, so that three hundred votes are not three hundred messages to each.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { PodiumError } from '../errors.ts';
import type { Events, HeardEvent } from '../events/events.ts';
import { BEAT_MS, type Question, type ShowingMessage, type ShowingRole } from '../protocol/showing.ts';
import type { ShowingStore } from '../store/showing-store.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createFollowerCounts, type FollowerCounts } from './follower-counts.ts';
import { Member, type Connection } from './member.ts';
import { isPublic, isStaff, makeState } from './showing-state.ts';

/** The largest hall; more would want servers of their own. */
const MAX_FOLLOWERS = 2_000;
/** Counts that change a few times a second are as lively as counts need be. */
const GATHER_MS = 250;

export interface AudienceDeps {
  readonly store: ShowingStore;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'followers'>;
}

export interface Audience extends Disposable {
  /** Tells the page the present state, then what changes. Throws where the showing has ended or is full. */
  join(code: string, role: ShowingRole, connection: Connection): Promise<Disposable>;
}

interface Hall {
  readonly members: Set<Member>;
  readonly polls: Set<string>;
  readonly questions: Map<string, Question>;
  gathering: Disposable | undefined;
}

export function createAudience(deps: AudienceDeps): Audience {
  return new ConnectedAudience(deps);
}

class ConnectedAudience implements Audience {
  readonly #deps: AudienceDeps;
  readonly #halls = new Map<string, Hall>();
  /** What the terminals show right now, for who comes late. */
  readonly #screens = new Map<string, string>();
  readonly #counts: FollowerCounts;
  readonly #listening: Disposable;
  #beating: Disposable;

  constructor(deps: AudienceDeps) {
    this.#deps = deps;
    this.#counts = createFollowerCounts({ ...deps, server: randomUUID() }, (code, count) =>
      this.#tell(code, { type: 'followers', count }, isStaff),
    );
    this.#listening = deps.events.subscribe((event) => this.#hear(event));
    this.#beating = deps.clock.after(BEAT_MS, () => this.#beat());
  }

  async join(code: string, role: ShowingRole, connection: Connection): Promise<Disposable> {
    const hall = this.#halls.get(code) ?? {
      members: new Set(),
      polls: new Set(),
      questions: new Map(),
      gathering: undefined,
    };
    if (hall.members.size >= MAX_FOLLOWERS && !isStaff(role)) throw new PodiumError('showing_full');
    this.#halls.set(code, hall);
    const member = new Member(role, connection);
    hall.members.add(member);
    const leave = () => {
      if (!hall.members.delete(member)) return;
      if (hall.members.size === 0) this.#halls.delete(code);
      this.#countMembers(code);
    };
    try {
      await this.#sendState(code, member);
    } catch (error) {
      leave();
      throw error;
    }
    this.#countMembers(code);
    const screen = this.#screens.get(code);
    if (screen) member.send(JSON.stringify({ type: 'screen', text: screen } satisfies ShowingMessage));
    if (isStaff(role)) member.send(JSON.stringify({ type: 'followers', count: this.#counts.total(code) }));
    return { [Symbol.dispose]: leave };
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    this.#beating[Symbol.dispose]();
    this.#counts[Symbol.dispose]();
    for (const { members, gathering } of this.#halls.values()) {
      gathering?.[Symbol.dispose]();
      for (const member of members) member.connection.close('shutting_down');
    }
    this.#halls.clear();
  }

  async #sendState(code: string, member: Member): Promise<void> {
    member.hold();
    const { store } = this.#deps;
    const [showing, questions, polls] = await Promise.all([
      store.find(code),
      store.listQuestions(code),
      store.readPolls(code),
    ]);
    if (!showing || showing.endedAt) throw new PodiumError('showing_unknown');
    member.release(JSON.stringify(makeState(showing, { questions, polls }, member.role)));
  }

  #hear(event: HeardEvent): void {
    if (event.type === 'showing') this.#take(event);
    if (event.type === 'showing-vote') {
      this.#halls.get(event.code)?.polls.add(event.poll);
      this.#gather(event.code);
    }
    if (event.type === 'showing-followers') this.#counts.hear(event);
    if (event.type === 'missed') for (const code of this.#halls.keys()) void this.#refresh(code);
  }

  #take({ code, isForAll, message }: Extract<HeardEvent, { type: 'showing' }>): void {
    if (message.type === 'question') {
      this.#halls.get(code)?.questions.set(message.question.id, message.question);
      return this.#gather(code);
    }
    if (message.type === 'screen') this.#screens.set(code, message.text);
    if (message.type === 'ended') return this.#close(code);
    this.#tell(code, message, isForAll ? () => true : isStaff);
  }

  #tell(code: string, message: ShowingMessage, isMeant: (role: ShowingRole) => boolean): void {
    const text = JSON.stringify(message);
    for (const member of this.#halls.get(code)?.members ?? []) if (isMeant(member.role)) member.send(text);
  }

  #close(code: string): void {
    this.#screens.delete(code);
    const hall = this.#halls.get(code);
    this.#tell(code, { type: 'ended' }, () => true);
    for (const { connection } of hall?.members ?? []) connection.close('showing_unknown');
  }

  #gather(code: string): void {
    const hall = this.#halls.get(code);
    if (!hall || hall.gathering) return;
    hall.gathering = this.#deps.clock.after(GATHER_MS, () => {
      hall.gathering = undefined;
      this.#tellGathered(code, hall).catch((error: unknown) => {
        this.#deps.log.warn({ err: error }, 'votes could not be counted');
      });
    });
  }

  async #tellGathered(code: string, hall: Hall): Promise<void> {
    for (const question of hall.questions.values()) {
      this.#tell(code, { type: 'question', question }, (role) => isStaff(role) || isPublic(question));
      const gone: ShowingMessage = { type: 'question-gone', id: question.id };
      if (!isPublic(question)) this.#tell(code, gone, (role) => !isStaff(role));
    }
    hall.questions.clear();
    const changed = new Set(hall.polls);
    hall.polls.clear();
    if (changed.size === 0) return;
    for (const result of await this.#deps.store.readPolls(code)) {
      if (changed.has(result.id)) this.#tell(code, { type: 'poll', result }, () => true);
    }
  }

  /** Something was missed: everybody is told all of it anew. */
  async #refresh(code: string): Promise<void> {
    for (const member of this.#halls.get(code)?.members ?? []) {
      // A page that cannot be told connects again, and is told then.
      await this.#sendState(code, member).catch(() => member.connection.close('internal'));
    }
  }

  #countMembers(code: string): void {
    const followers = [...(this.#halls.get(code)?.members ?? [])].filter(({ role }) => role === 'follower');
    this.#counts.set(code, followers.length);
    this.#deps.metrics.followers.set([...this.#halls.values()].reduce((sum, { members }) => sum + members.size, 0));
  }

  #beat(): void {
    const text = JSON.stringify({ type: 'beat' } satisfies ShowingMessage);
    for (const { members } of this.#halls.values()) for (const { connection } of members) connection.beat(text);
    this.#counts.repeat();
    this.#beating = this.#deps.clock.after(BEAT_MS, () => this.#beat());
  }
}
