/** What the parts of the contract have in common: the driver under test, sandboxes of people whom no other test knows, and terminals in them. */
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe } from 'node:test';
import type { Driver, LabNeeds, SandboxRecord } from '../../sandbox-server/driver/driver.ts';
import { PodiumError, type ErrorCode } from '../../sandbox-server/errors.ts';
import { type PlayerOptions, TerminalPlayer } from '../support/terminal-player.ts';

export interface DriverUnderTest extends AsyncDisposable {
  readonly driver: Driver;
  /** A lab that this driver can start. */
  readonly lab: LabNeeds;
  /** Another driver on the same records: what a restarted server has. The caller disposes it. */
  createAnother(): Promise<Driver>;
}

export interface Subject {
  readonly underTest: DriverUnderTest;
  readonly driver: Driver;
  readonly start: (owner?: string) => Promise<SandboxRecord>;
  /** Ends a sandbox that nobody looks at any more, while the next tests run: a cluster takes 5 s for it. */
  readonly discard: (id: string) => void;
  /** Waits for the ends of all that was discarded; rejects when one of them failed. Before the driver is disposed. */
  readonly discarded: () => Promise<void>;
  readonly listIds: (driver?: Driver) => Promise<string[]>;
}

/** A start and an end of a pod on a busy machine, several times over. */
export const TEST_LIMIT_MS = 120_000;
export const ignoreStage = () => undefined;
export const never = new AbortController().signal;

/** A learner whom no other test knows. */
export function makeOwner(): string {
  return randomBytes(16).toString('hex');
}

export const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof PodiumError && error.code === code;

export function makeSubject(underTest: () => DriverUnderTest): Subject {
  const ends: Promise<void>[] = [];
  return {
    get underTest() {
      return underTest();
    },
    get driver() {
      return underTest().driver;
    },
    start(owner = makeOwner()) {
      const { driver, lab } = underTest();
      return driver.start({ ownerHash: owner, lab }, ignoreStage, never);
    },
    discard(id) {
      const end = underTest().driver.end(id, never);
      // It is told by `discarded`, and must not end the process before.
      end.catch(() => undefined);
      ends.push(end);
    },
    async discarded() {
      await Promise.all(ends);
    },
    listIds: async (driver = underTest().driver) => (await driver.list(never)).map(({ id }) => id),
  };
}

export type OpenOptions = Partial<Omit<PlayerOptions, 'attach'>>;

/** Terminals of one sandbox, which are gone again after each test. */
export interface Desk {
  readonly sandboxId: string;
  /** A browser that has opened a terminal: one of its own unless `terminal` names another's. */
  open(options?: OpenOptions): Promise<TerminalPlayer>;
  /** The same, and has not connected yet. */
  make(options?: OpenOptions): TerminalPlayer;
}

/** Describes what terminals do, in one sandbox for all of these tests: a sandbox is dear, a shell is not. */
export function describeTerminals(what: string, subject: Subject, define: (desk: Desk) => void): void {
  describe(what, { timeout: TEST_LIMIT_MS }, () => {
    let sandboxId = '';
    let names = 0;
    const players: TerminalPlayer[] = [];
    before(async () => {
      sandboxId = (await subject.start()).id;
    });
    after(() => subject.discard(sandboxId));
    afterEach(() => endTerminals(players.splice(0)));

    function make(options: OpenOptions = {}): TerminalPlayer {
      names += 1;
      const player = new TerminalPlayer({
        attach: (order, onEvent) => subject.driver.attach(sandboxId, order, onEvent, never),
        terminal: `test-${names}`,
        ...options,
      });
      players.push(player);
      return player;
    }
    define({
      get sandboxId() {
        return sandboxId;
      },
      make,
      async open(options) {
        const player = make(options);
        await player.connect();
        return player;
      },
    });
  });
}

/** A sandbox has room for a few shells only. */
async function endTerminals(players: readonly TerminalPlayer[]): Promise<void> {
  for (const player of players) player.disconnect();
  const names = new Set(players.filter(({ epoch }) => epoch !== undefined).map(({ terminal }) => terminal));
  await Promise.all(
    [...names].map(async (terminal) => {
      const [first] = players.filter((player) => player.terminal === terminal);
      if (!first) return;
      using ending = new TerminalPlayer({ ...first.options, draws: false, acks: true });
      await ending.connect();
      ending.end();
      await ending.waitForEvent('exited');
    }),
  );
}
