/** The server, built from its parts; it does not listen and reads nothing from its surroundings. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { DriverSwitch } from './driver/driver-switch.ts';
import type { Events } from './events/events.ts';
import { createAudience } from './follow/audience.ts';
import { randomSecrets } from './follow/secrets.ts';
import { createShowings } from './follow/showings.ts';
import { createApp } from './http/app.ts';
import { listOwnNames, makeAddresses } from './http/addresses.ts';
import { createFollowAddress } from './http/follow-address.ts';
import { handOverKind, ticketKind } from './http/grants.ts';
import { createMayPresent } from './http/may-present.ts';
import { createPeople } from './http/people.ts';
import { createShowingAccess } from './http/showing-access.ts';
import { acceptFollowers } from './http/showing-stream.ts';
import { acceptTerminals } from './http/terminal-upgrade.ts';
import type { Lab } from './labs/lab.ts';
import { isLoopback } from './loopback.ts';
import { createChecks } from './session/checks.ts';
import { createSaveFile } from './session/home-files.ts';
import { createRetention } from './session/retention.ts';
import { createSandboxTable } from './session/sandbox-table.ts';
import { createSolves } from './session/solves.ts';
import { createWatchedChecks } from './session/watched-checks.ts';
import type { CreateCodes } from './store/one-use-codes.ts';
import type { Store } from './store/store.ts';
import type { Logger } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { createTerminalHub } from './terminal/terminal-hub.ts';

export interface ServerDeps {
  readonly config: Pick<
    Config,
    | 'host'
    | 'publicUrl'
    | 'siteDirectory'
    | 'sandboxLimit'
    | 'reservations'
    | 'idleMinutes'
    | 'keptHomesMiB'
    | 'keepDays'
    | 'driverReason'
  >;
  readonly secret: Buffer;
  readonly labs: ReadonlyMap<string, Lab>;
  readonly store: Store;
  readonly events: Events;
  readonly createCodes: CreateCodes;
  readonly drivers: DriverSwitch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Disposing it sends open pages away to come back soon, and leaves the sandboxes where they are. Driver, store and events are the caller's. */
export interface SandboxServer extends AsyncDisposable {
  /** Listens; resolves with the port. */
  listen(port: number): Promise<number>;
}

export async function createServer(deps: ServerDeps): Promise<SandboxServer> {
  const { config, clock, createCodes, log, metrics } = deps;
  const isSecure = config.publicUrl?.protocol === 'https:';
  const shared = {
    ...deps,
    addresses: makeAddresses({
      publicUrl: config.publicUrl,
      ownNames: listOwnNames(config.host, isLoopback(config.host)),
    }),
    people: createPeople(deps.secret, { isSecure }),
    tickets: createCodes(ticketKind),
    handOvers: createCodes(handOverKind),
    sandboxes: createSandboxTable({ ...deps, ...config }),
    terminals: createTerminalHub({ clock, log, metrics }),
  };
  const following = createFollowing(deps, isSecure);
  const { sandboxes, terminals } = shared;
  sandboxes.onEnding((sandboxId) => terminals.closeAll(sandboxId));
  const retention = createRetention({ ...deps, keepDays: config.keepDays });
  const watchedChecks = createWatchedChecks({ ...deps, sandboxes });
  const solves = createSolves({ ...deps, sandboxes, watchedChecks });
  const app: FastifyInstance = await createApp({
    ...shared,
    ...following,
    isSecure,
    siteDirectory: config.siteDirectory,
    driverReason: config.driverReason,
    runCheck: createChecks({ ...deps, sandboxes, watchedChecks }),
    watchedChecks,
    saveFile: createSaveFile({ ...deps, sandboxes }),
    solves,
  });
  const accepting = new DisposableStack();
  accepting.use(acceptTerminals(app.server, shared));
  accepting.use(acceptFollowers(app.server, { ...shared, ...following }));
  return {
    async listen(port) {
      await app.listen({ host: config.host, port });
      const address = app.server.address();
      return address !== null && typeof address === 'object' ? address.port : port;
    },
    async [Symbol.asyncDispose]() {
      accepting[Symbol.dispose]();
      await retention[Symbol.asyncDispose]();
      following.audience[Symbol.dispose]();
      await solves[Symbol.asyncDispose]();
      await watchedChecks[Symbol.asyncDispose]();
      await sandboxes[Symbol.asyncDispose]();
      await terminals[Symbol.asyncDispose]();
      await app.close();
    },
  };
}

/** Showings of decks, and the rooms that follow them. */
function createFollowing({ config, store, events, clock, log, metrics }: ServerDeps, isSecure: boolean) {
  const showings = createShowings({ store: store.showings, events, clock, ...randomSecrets });
  return {
    showings,
    audience: createAudience({ store: store.showings, events, clock, log, metrics }),
    access: createShowingAccess({ showings, clock, isSecure }),
    mayPresent: createMayPresent(config),
    addressOf: createFollowAddress(config),
  };
}
