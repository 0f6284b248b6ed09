/** The server, built from its parts; it does not listen and reads nothing from its surroundings. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Clock } from './clock.ts';
import { isLoopback, type Config } from './config.ts';
import type { DriverSwitch } from './driver/driver-switch.ts';
import { createApp } from './http/app.ts';
import { listOwnNames, makeAddresses } from './http/addresses.ts';
import { createOneUseCodes, type Admission, type HandOver } from './http/one-use-codes.ts';
import { createPeople } from './http/people.ts';
import { acceptTerminals } from './http/terminal-upgrade.ts';
import type { Lab } from './labs/lab.ts';
import { HAND_OVER_LIFETIME_MS, TICKET_LIFETIME_MS } from './protocol/requests.ts';
import { createChecks } from './session/checks.ts';
import { createSandboxTable } from './session/sandbox-table.ts';
import type { Store } from './store/store.ts';
import type { Logger } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { createTerminalHub } from './terminal/terminal-hub.ts';

/** 192 bits: beyond guessing within the minutes that a code lives. */
const CODE_BYTES = 24;

export interface ServerDeps {
  readonly config: Pick<Config, 'host' | 'publicUrl' | 'siteDirectory' | 'sandboxLimit' | 'driverReason'>;
  readonly secret: Buffer;
  readonly labs: ReadonlyMap<string, Lab>;
  readonly store: Store;
  readonly drivers: DriverSwitch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Disposing it sends open pages away to come back soon, and leaves the sandboxes where they are. Driver and store are the caller's. */
export interface SandboxServer extends AsyncDisposable {
  /** Listens; resolves with the port. */
  listen(port: number): Promise<number>;
}

const makeCode = () => randomBytes(CODE_BYTES).toString('base64url');

export async function createServer(deps: ServerDeps): Promise<SandboxServer> {
  const { config, clock, log, metrics } = deps;
  const isSecure = config.publicUrl?.protocol === 'https:';
  const shared = {
    ...deps,
    addresses: makeAddresses({
      publicUrl: config.publicUrl,
      ownNames: listOwnNames(config.host, isLoopback(config.host)),
    }),
    people: createPeople(deps.secret, { isSecure }),
    tickets: createOneUseCodes<Admission>({ clock, makeCode, lifetimeMs: TICKET_LIFETIME_MS }),
    handOvers: createOneUseCodes<HandOver>({ clock, makeCode, lifetimeMs: HAND_OVER_LIFETIME_MS }),
    sandboxes: createSandboxTable({ ...deps, sandboxLimit: config.sandboxLimit }),
    terminals: createTerminalHub({ clock, log, metrics }),
  };
  const { sandboxes, terminals } = shared;
  sandboxes.onEnding((sandboxId) => terminals.closeAll(sandboxId));
  const app: FastifyInstance = await createApp({
    ...shared,
    isSecure,
    siteDirectory: config.siteDirectory,
    driverReason: config.driverReason,
    runCheck: createChecks({ ...deps, sandboxes }),
  });
  const accepting = acceptTerminals(app.server, shared);
  return {
    async listen(port) {
      await app.listen({ host: config.host, port });
      const address = app.server.address();
      return address !== null && typeof address === 'object' ? address.port : port;
    },
    async [Symbol.asyncDispose]() {
      accepting[Symbol.dispose]();
      await sandboxes[Symbol.asyncDispose]();
      await terminals[Symbol.asyncDispose]();
      await app.close();
    },
  };
}
