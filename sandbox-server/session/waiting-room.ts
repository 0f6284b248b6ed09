/**
 * Lets sandboxes begin as there is room, and has the others wait in the driver's line, first come first, but for what is
 * reserved. The limit is for all servers together, by what each sees; two that admit at the same moment may be one above it.
 */
import type { Clock } from '../clock.ts';
import type { Line, Ticket } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError } from '../errors.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { isOn } from '../schedule/scheduled.ts';
import type { Reservations } from '../schedule/reservations.ts';
import { ceilingOf, type SandboxEntry } from './sandbox-entry.ts';
import { withSignal } from '../with-signal.ts';
import { orderTurns, type Turn } from './turns.ts';
import { estimateWait, type LinePosition, RATE_WINDOW_MS } from './waiting-line.ts';

/** A quarter of what keeps a place, so that calls that fail lose nobody theirs. */
const RENEW_EVERY_MS = 45_000;
/** A cluster that was full may have room again without anything of ours having ended. */
const FULL_FOR_MS = 60_000;
/** Beyond this, waiting is no use to anybody. */
const MAX_WAITING = 1000;

export interface WaitingRoomDeps {
  readonly drivers: DriverSwitch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly sandboxLimit: number;
  readonly reservations: Reservations;
}

/** What the table tells it and hears from it. */
export interface TableWithRoom {
  readonly entries: ReadonlyMap<string, SandboxEntry>;
  /** Resolves when all that is on record is among the entries. */
  whenComplete(): Promise<void>;
  /** Somebody looks at a page of this person here. */
  hasPage(ownerHash: string): boolean;
  announce(entry: SandboxEntry): void;
  /** The line has just come into sight: this person may wait in it without being in the table. */
  adoptTickets(ownerHash: string): void;
}

export interface WaitingRoom extends Disposable {
  /** Throws `server_full` when there is no room, and no line to wait in. */
  requireRoomOrLine(): void;
  /** Resolves when there is room for it, which it then has. Throws what `signal` was aborted with; the ticket stays. */
  enter(entry: SandboxEntry, signal: AbortSignal): Promise<void>;
  /** The cluster had no room for this one, whatever the limit says. */
  noteFull(entry: SandboxEntry): void;
  /** A sandbox is gone, or its start has come to nothing: another may have its room. */
  noteEnd(entry: SandboxEntry): void;
  /** Tickets of this person, in whichever server they were taken. */
  ticketsOf(ownerHash: string): readonly Ticket[];
}

export function createWaitingRoom(deps: WaitingRoomDeps, table: TableWithRoom): WaitingRoom {
  return new Room(deps, table);
}

interface Waiting {
  readonly entry: SandboxEntry;
  readonly admit: () => void;
  readonly refuse: (error: PodiumError) => void;
  renewedAt: number;
  /** Its ticket has been seen in the line: should it go from there, its holder was away for too long. */
  hasTicket: boolean;
}

class Room implements WaitingRoom {
  readonly #deps: WaitingRoomDeps;
  readonly #table: TableWithRoom;
  readonly #waiting = new Map<string, Waiting>();
  readonly #stack = new DisposableStack();
  readonly #closing = new AbortController();
  #line: Line | undefined;
  #following: Disposable | undefined;
  #tickets: readonly Ticket[] = [];
  readonly #lineKnown = Promise.withResolvers<void>();
  #ended: number[] = [];
  #full: { readonly limit: number; readonly until: number } | undefined;
  #next: Disposable | undefined;

  constructor(deps: WaitingRoomDeps, table: TableWithRoom) {
    this.#deps = deps;
    this.#table = table;
    this.#stack.use(deps.drivers.subscribe(() => this.#followLine()));
    this.#followLine();
  }

  requireRoomOrLine(): void {
    const { current } = this.#deps.drivers;
    if (current && !current.line && this.#limit <= this.#inside.length) throw new PodiumError('server_full');
  }

  async enter(entry: SandboxEntry, signal: AbortSignal): Promise<void> {
    if (entry.hasRoom) return;
    const line = this.#deps.drivers.current?.line;
    // A server that has just come knows neither who is in nor who waits.
    if (line) await withSignal(Promise.all([this.#table.whenComplete(), this.#lineKnown.promise]), signal);
    if (!line || this.#turns(entry).get(entry.id)?.endsNeeded === 0) {
      entry.hasRoom = true;
      return;
    }
    if (this.#tickets.length >= MAX_WAITING) throw new PodiumError('server_full');
    const { clock, metrics } = this.#deps;
    entry.waitsSince ??= new Date(clock.now());
    entry.stages.begin('queue');
    await line.join({ id: entry.id, ownerHash: entry.ownerHash, lab: entry.labSlug, since: entry.waitsSince }, signal);
    await this.#wait(entry, signal);
    metrics.waits.observe((clock.now() - entry.waitsSince.getTime()) / 1000);
  }

  noteFull(entry: SandboxEntry): void {
    entry.hasRoom = false;
    this.#full = { limit: this.#inside.length, until: this.#deps.clock.now() + FULL_FOR_MS };
  }

  noteEnd(entry: SandboxEntry): void {
    // The line's own word of it comes later; until then nobody may be put back who has left.
    this.#tickets = this.#tickets.filter(({ id }) => id !== entry.id);
    if (!entry.hasRoom) return;
    entry.hasRoom = false;
    const now = this.#deps.clock.now();
    this.#ended = [...this.#ended.filter((at) => now - at <= RATE_WINDOW_MS), now];
    this.#full = undefined;
    this.#look();
  }

  ticketsOf(ownerHash: string): readonly Ticket[] {
    return this.#tickets.filter((ticket) => ticket.ownerHash === ownerHash);
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#stack.dispose();
    this.#following?.[Symbol.dispose]();
    this.#next?.[Symbol.dispose]();
  }

  #followLine(): void {
    const line = this.#deps.drivers.current?.line;
    if (line === this.#line) return;
    this.#line = line;
    this.#following?.[Symbol.dispose]();
    let isInSight = false;
    this.#following = line?.follow((tickets) => {
      this.#tickets = tickets;
      this.#lineKnown.resolve();
      if (!isInSight) this.#adoptWhoeverIsHere();
      isInSight = true;
      this.#look();
    });
  }

  /** A page that came back before the line was in sight has asked for its sandboxes already. */
  #adoptWhoeverIsHere(): void {
    const owners = new Set(this.#tickets.map(({ ownerHash }) => ownerHash));
    for (const owner of owners) if (this.#table.hasPage(owner)) this.#table.adoptTickets(owner);
  }

  get #inside(): readonly SandboxEntry[] {
    return [...this.#table.entries.values()].filter(({ hasRoom }) => hasRoom);
  }

  get #limit(): number {
    const { sandboxLimit, clock } = this.#deps;
    const full = this.#full && clock.now() < this.#full.until ? this.#full.limit : sandboxLimit;
    return Math.min(sandboxLimit, full);
  }

  /** Of all who wait, by id, in their order. Those whose ticket is not seen yet come last, `newcomer` after them. */
  #turns(newcomer?: SandboxEntry): ReadonlyMap<string, Turn> {
    const inside = this.#inside;
    const isInside = new Set(inside.map(({ id }) => id));
    const labels = new Map(this.#tickets.filter(({ id }) => !isInside.has(id)).map(({ id, lab }) => [id, lab]));
    for (const { entry } of this.#waiting.values()) labels.set(entry.id, entry.labSlug);
    if (newcomer) labels.set(newcomer.id, newcomer.labSlug);
    const turns = orderTurns(
      [...labels].map(([id, label]) => ({ id, label })),
      {
        limit: this.#limit,
        inside: inside.map(({ labSlug }) => labSlug),
        kept: this.#deps.reservations.filter((each) => isOn(each, this.#deps.clock.now())),
      },
    );
    return new Map(turns.map((turn) => [turn.id, turn]));
  }

  #wait(entry: SandboxEntry, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(entry.id);
        entry.line = undefined;
        signal.removeEventListener('abort', giveUp);
      };
      const refuse = (reason: Error) => {
        leave();
        reject(reason);
      };
      const giveUp = () => refuse(signal.reason as Error);
      const admit = () => {
        leave();
        entry.hasRoom = true;
        resolve();
      };
      this.#waiting.set(entry.id, { entry, admit, refuse, renewedAt: this.#deps.clock.now(), hasTicket: false });
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp);
      this.#look();
    });
  }

  /** Admits whose turn it is, and tells the others how far they are. */
  #look(): void {
    this.#next?.[Symbol.dispose]();
    const { clock, metrics } = this.#deps;
    metrics.waiting.set(this.#tickets.length);
    const turns = this.#turns();
    const order = [...turns.keys()];
    const held = new Set(this.#tickets.map(({ id }) => id));
    for (const waiting of [...this.#waiting.values()]) {
      const { entry } = waiting;
      const turn = turns.get(entry.id);
      if (waiting.hasTicket && !held.has(entry.id)) waiting.refuse(new PodiumError('line_left'));
      else if (turn?.endsNeeded === 0) waiting.admit();
      else if (turn) this.#tell(entry, turn, order);
      waiting.hasTicket = held.has(entry.id);
    }
    for (const waiting of this.#waiting.values()) this.#renew(waiting);
    if (this.#waiting.size > 0) this.#next = clock.after(RENEW_EVERY_MS / 3, () => this.#look());
  }

  #tell(entry: SandboxEntry, { id, endsNeeded }: Turn, order: readonly string[]): void {
    const ceilings = [...this.#table.entries.values()]
      .filter(({ state }) => state === 'running')
      .map((each) => ceilingOf(each).getTime());
    const line: LinePosition = {
      position: order.indexOf(id) + 1,
      waiting: order.length,
      remainingMs: estimateWait({ endsNeeded, ended: this.#ended, ceilings, now: this.#deps.clock.now() }),
    };
    const before = entry.line;
    entry.line = line;
    if (before?.position !== line.position || before.waiting !== line.waiting) this.#table.announce(entry);
  }

  /** Vouches for those who are there to see their turn come. */
  #renew(waiting: Waiting): void {
    const { clock, log } = this.#deps;
    const { entry } = waiting;
    if (clock.now() - waiting.renewedAt < RENEW_EVERY_MS || !this.#table.hasPage(entry.ownerHash)) return;
    waiting.renewedAt = clock.now();
    this.#line?.renew(entry.id, this.#closing.signal).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) log.warn({ err: error, sandbox: entry.id }, 'a ticket could not be renewed');
    });
  }
}
