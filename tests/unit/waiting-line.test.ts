/** Whose turn it is when there is no room, and what those who wait are told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import type { Driver, Line, Ticket } from '../../sandbox-server/driver/driver.ts';
import { createDriverSwitch } from '../../sandbox-server/driver/driver-switch.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { makeEntry, type SandboxEntry } from '../../sandbox-server/session/sandbox-entry.ts';
import { createStageTrack } from '../../sandbox-server/session/start-stages.ts';
import type { Reservations } from '../../sandbox-server/schedule/reservations.ts';
import { createWaitingRoom } from '../../sandbox-server/session/waiting-room.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
const MINUTE = 60_000;

/** A line as the cluster keeps it, in this process. */
class PlayedLine implements Line {
  tickets: Ticket[] = [];
  readonly renewed: string[] = [];
  /** What changes is not told. */
  isSlow = false;
  #tell: (tickets: readonly Ticket[]) => void = () => undefined;

  join(ticket: Ticket): Promise<void> {
    if (!this.tickets.some(({ id }) => id === ticket.id)) this.tickets.push(ticket);
    this.tickets.sort((a, b) => a.since.getTime() - b.since.getTime());
    if (!this.isSlow) this.#tell([...this.tickets]);
    return Promise.resolve();
  }

  renew(id: string): Promise<void> {
    this.renewed.push(id);
    return Promise.resolve();
  }

  follow(onTickets: (tickets: readonly Ticket[]) => void): Disposable {
    this.#tell = onTickets;
    onTickets([...this.tickets]);
    return { [Symbol.dispose]: () => undefined };
  }

  remove(id: string): void {
    this.tickets = this.tickets.filter((ticket) => ticket.id !== id);
    this.#tell([...this.tickets]);
  }
}

/** A driver of which nothing but the line is asked. */
function createLineOnlyDriver(line: Line): Driver {
  const notAsked = () => Promise.reject(new Error('nothing but the line is asked here'));
  return {
    kind: 'kubernetes',
    line,
    start: notAsked,
    list: () => Promise.resolve([]),
    follow: () => ({ [Symbol.dispose]: () => undefined }),
    attach: notAsked,
    runCheck: notAsked,
    runAsLearner: notAsked,
    watchChecks: notAsked,
    extend: notAsked,
    saveHome: notAsked,
    restoreHome: notAsked,
    end: notAsked,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

interface PlayedRoom {
  readonly limit: number;
  readonly line?: PlayedLine;
  /** When all that is on record is among the entries. */
  readonly known?: Promise<void>;
  readonly reservations?: Reservations;
}

async function createRoom({
  limit,
  line = new PlayedLine(),
  known = Promise.resolve(),
  reservations = [],
}: PlayedRoom) {
  const clock = new ManualClock();
  const drivers = createDriverSwitch('kubernetes');
  await drivers.use(createLineOnlyDriver(line));
  const entries = new Map<string, SandboxEntry>();
  const told: string[] = [];
  const adopted: string[] = [];
  let isLookedAt = true;
  const room = createWaitingRoom(
    { drivers, clock, log: pino({ level: 'silent' }), metrics: createMetrics(), sandboxLimit: limit, reservations },
    {
      entries,
      whenComplete: () => known,
      hasPage: () => isLookedAt,
      adoptTickets: (ownerHash) => adopted.push(ownerHash),
      announce: (entry) => told.push(`${entry.ownerHash} ${entry.line?.position}/${entry.line?.waiting}`),
    },
  );
  const add = (ownerHash: string, labSlug = 'lab') => {
    const stages = createStageTrack(
      () => clock.now(),
      () => undefined,
    );
    const entry = makeEntry({ ownerHash, labSlug, lab: undefined, stages, now: clock.now() });
    entries.set(entry.id, entry);
    clock.advance(1);
    return entry;
  };
  const end = (entry: SandboxEntry) => {
    entries.delete(entry.id);
    room.noteEnd(entry);
  };
  /** What the driver does when a start begins: the ticket becomes a claim. */
  const serve = (entry: SandboxEntry) => line.remove(entry.id);
  const look = (isThere: boolean) => (isLookedAt = isThere);
  return { room, line, clock, add, end, serve, look, told, adopted };
}

describe('a room that is full', () => {
  it('has people wait in the order of their coming, and tells them', async () => {
    const { room, add, end, serve, told } = await createRoom({ limit: 1 });
    const [first, second, third] = [add('first'), add('second'), add('third')] as const;
    await room.enter(first, never);
    const served: string[] = [];
    const wait = (entry: SandboxEntry) => room.enter(entry, never).then(() => served.push(entry.ownerHash));
    const [secondsTurn, thirdsTurn] = [wait(second), wait(third)];
    await new Promise(setImmediate);
    assert.deepEqual(told.at(-1), 'third 2/2');
    end(first);
    await secondsTurn;
    assert.deepEqual(served, ['second']);
    serve(second);
    assert.deepEqual(told.at(-1), 'third 1/1');
    end(second);
    await thirdsTurn;
    assert.deepEqual(served, ['second', 'third']);
  });

  it('lets nobody past those who wait', async () => {
    const { room, add, end, line } = await createRoom({ limit: 1 });
    const inside = add('inside');
    await room.enter(inside, never);
    await line.join({ id: 'elsewhere', ownerHash: 'x', lab: 'lab', since: new Date(0) });
    let isIn = false;
    const turn = room.enter(add('late'), never).then(() => (isIn = true));
    end(inside);
    await new Promise(setImmediate);
    assert.equal(isIn, false);
    line.remove('elsewhere');
    await turn;
  });

  it('is not taken for empty by a server that has just come', async () => {
    const known = Promise.withResolvers<void>();
    const { room, add } = await createRoom({ limit: 1, known: known.promise });
    let isIn = false;
    const late = add('late');
    void room.enter(late, never).then(() => (isIn = true));
    await new Promise(setImmediate);
    add('on record').hasRoom = true;
    known.resolve();
    await new Promise(setImmediate);
    assert.equal(isIn, false);
    assert.equal(late.line?.position, 1);
  });

  it('goes on with whoever looks at a page when it comes into sight, and only then', async () => {
    const line = new PlayedLine();
    await line.join({ id: 'before', ownerHash: 'ann', lab: 'lab', since: new Date(0) });
    const { adopted } = await createRoom({ limit: 1, line });
    assert.deepEqual(adopted, ['ann']);
    await line.join({ id: 'later', ownerHash: 'ben', lab: 'lab', since: new Date(1) });
    assert.deepEqual(adopted, ['ann']);
  });

  it('has no place left for who has gone, even before the line says so', async () => {
    const { room, add, line, end } = await createRoom({ limit: 1 });
    await room.enter(add('inside'), never);
    const late = add('late');
    room.enter(late, never).catch(() => undefined);
    await new Promise(setImmediate);
    assert.equal(room.ticketsOf('late').length, 1);
    end(late);
    assert.equal(line.tickets.length, 1);
    assert.deepEqual(room.ticketsOf('late'), []);
  });

  it('gives the room of one who could not be started to the next', async () => {
    const { room, add } = await createRoom({ limit: 1 });
    const [unlucky, next] = [add('unlucky'), add('next')] as const;
    await room.enter(unlucky, never);
    const turn = room.enter(next, never);
    await new Promise(setImmediate);
    unlucky.state = 'failed';
    room.noteEnd(unlucky);
    await turn;
  });

  it('gives one place to one of two whose tickets are not seen yet', async () => {
    const { room, line, add, end } = await createRoom({ limit: 1 });
    const inside = add('inside');
    await room.enter(inside, never);
    line.isSlow = true;
    const served: string[] = [];
    for (const owner of ['one', 'two'])
      room.enter(add(owner), never).then(
        () => served.push(owner),
        () => undefined,
      );
    await new Promise(setImmediate);
    end(inside);
    await new Promise(setImmediate);
    assert.deepEqual(served, ['one']);
  });

  it('can be left', async () => {
    const { room, add, line } = await createRoom({ limit: 1 });
    await room.enter(add('inside'), never);
    const cancel = new AbortController();
    const waiting = room.enter(add('late'), cancel.signal);
    await new Promise(setImmediate);
    cancel.abort(new PodiumError('sandbox_ended'));
    await assert.rejects(waiting, (error) => error instanceof PodiumError && error.code === 'sandbox_ended');
    // Its sandbox is ended as any other is, by which the ticket goes.
    assert.equal(line.tickets.length, 1);
  });

  it('keeps the place of whoever looks at a page, and gives up that of whoever does not', async () => {
    const { room, add, line, clock, look } = await createRoom({ limit: 1 });
    await room.enter(add('inside'), never);
    const late = add('late');
    const waiting = room.enter(late, never);
    waiting.catch(() => undefined);
    await new Promise(setImmediate);
    clock.advance(50_000);
    assert.deepEqual(line.renewed, [late.id]);
    look(false);
    clock.advance(100_000);
    assert.deepEqual(line.renewed, [late.id]);
    // The line has dropped it.
    line.remove(late.id);
    await assert.rejects(waiting, (error) => error instanceof PodiumError && error.code === 'line_left');
  });

  it('takes those in whose cluster was full before its limit, once something ends', async () => {
    const { room, add, end } = await createRoom({ limit: 9 });
    const [inside, refused] = [add('inside'), add('refused')] as const;
    await room.enter(inside, never);
    await room.enter(refused, never);
    room.noteFull(refused);
    let isIn = false;
    const turn = room.enter(refused, never).then(() => (isIn = true));
    await new Promise(setImmediate);
    assert.equal(isIn, false);
    end(inside);
    await turn;
  });

  it('keeps room for those for whom it is reserved, as long as it is', async () => {
    const until = new Date(new ManualClock().now() + 60 * MINUTE);
    const reservations = [{ label: 'class', count: 1, from: new Date(0), until }];
    const { room, add, clock, told } = await createRoom({ limit: 2, reservations });
    await room.enter(add('inside'), never);
    let isIn = false;
    const turn = room.enter(add('other'), never).then(() => (isIn = true));
    await new Promise(setImmediate);
    assert.equal(told.at(-1), 'other 1/1');
    const pupil = add('pupil', 'class');
    await room.enter(pupil, never);
    room.noteEnd(pupil);
    await new Promise(setImmediate);
    assert.equal(isIn, false);
    clock.advance(60 * MINUTE);
    await turn;
  });
});
