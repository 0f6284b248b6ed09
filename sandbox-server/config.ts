/**
 * What an operator can set, all by environment variables. Read once at start; all mistakes are reported at once.
 * Each option is documented here and nowhere else: `config-reference.ts` makes the reference page of it.
 */
import { join, resolve } from 'node:path';
import {
  type Environment,
  errorCode,
  folder,
  oneOf,
  type Option,
  type Surroundings,
  text,
  url,
  wholeNumber,
  yesOrNo,
} from './config-options.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { isLoopback } from './loopback.ts';
import { parsePoolSchedule, type PoolSchedule } from './schedule/pool-schedule.ts';
import { mostReserved, parseReservations, type Reservations } from './schedule/reservations.ts';
import { parseRuntimeClass } from './runtime-class.ts';

export const driverChoices = ['kubernetes', 'embedded', 'local', 'none'] as const;
/** `volume` mounts the agent's image into shell pods, `copy` copies it by a container that runs before. */
export const agentDeliveries = ['auto', 'volume', 'copy'] as const;
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The highest TCP port. */
const MAX_PORT = 65_535;
/** A machine that carries more than this needs several servers, and those need another store. */
const MAX_SANDBOX_LIMIT = 10_000;
/** A terabyte. */
const MAX_KEPT_HOMES_MIB = 1024 * 1024;
/** A century, which is for ever without being so by accident. */
const MAX_KEEP_DAYS = 36_500;
/** As long as a lab may be open at most. */
const MAX_IDLE_MINUTES = 12 * 60;

export const options = {
  host: text('PODIUM_HOST', '127.0.0.1', 'Address to listen on.'),
  port: wholeNumber(
    'PODIUM_PORT',
    { byDefault: 4321, least: 0, most: MAX_PORT },
    'Port to listen on; 0 takes any free one.',
  ),
  listenUnprotected: yesOrNo(
    'PODIUM_LISTEN_UNPROTECTED',
    'Listen beyond this machine although anybody who reaches the address gets a shell. Only for a network that you trust.',
  ),
  publicUrl: url(
    'PODIUM_PUBLIC_URL',
    'The address that people type, where it is not that of `PODIUM_HOST`: behind a proxy, with TLS.',
  ),
  dataDirectory: {
    variable: 'PODIUM_DATA',
    about:
      'Folder for the progress of learners and the key that signs cookies. The only one that the server writes to; with `PODIUM_DATABASE_URL` it writes to none.',
    defaultText: '`/var/lib/podium/server` for root, else `$XDG_STATE_HOME/podium` or `~/.local/state/podium`',
    parse: (given, surroundings, environment) =>
      given === undefined
        ? defaultDataDirectory(surroundings, environment)
        : resolve(surroundings.workingDirectory, given),
  } satisfies Option<string>,
  databaseUrl: {
    variable: 'PODIUM_DATABASE_URL',
    about:
      'PostgreSQL 14 or newer, in place of the file in `PODIUM_DATA`: for several servers before one cluster. `postgres://podium:PASSWORD@db.example:5432/podium?sslmode=verify-full`; a password may also stand in `PGPASSWORD`. See [Several servers](/en/docs/operate/replicas/).',
    defaultText: 'none: a SQLite file',
    isSecret: true,
    parse: parseDatabaseUrl,
  } satisfies Option<URL | undefined>,
  secretFile: {
    variable: 'PODIUM_SECRET_FILE',
    about:
      'File with the key that signs cookies, at least 32 bytes; made if it is not there. A mounted Kubernetes Secret will do. Servers that share a database share the key too: give all of them the same file, or none.',
    defaultText: '`secret` in `PODIUM_DATA`; with `PODIUM_DATABASE_URL`, a key in the database',
    parse: (given, { workingDirectory }) => (given === undefined ? undefined : resolve(workingDirectory, given)),
  } satisfies Option<string | undefined>,
  siteDirectory: folder('PODIUM_DIST', 'dist', 'Folder with the built site.'),
  contentDirectory: folder('PODIUM_CONTENT', 'content', 'Folder with labs, decks and docs.'),
  driver: oneOf(
    'PODIUM_DRIVER',
    driverChoices,
    'none',
    'What sandboxes are made of. `embedded` waits for the launcher to say where the cluster is.',
  ),
  driverReason: errorCode(
    'PODIUM_DRIVER_REASON',
    'Why the launcher picked `local` or `none`: a code of the error table, shown on the page.',
  ),
  kubeconfig: {
    variable: 'PODIUM_KUBECONFIG',
    about: 'Credentials of the server in the cluster, for `PODIUM_DRIVER=kubernetes`.',
    defaultText: 'none',
    parse: (given, { workingDirectory }) => (given === undefined ? undefined : resolve(workingDirectory, given)),
  } satisfies Option<string | undefined>,
  agentDelivery: oneOf(
    'PODIUM_AGENT_DELIVERY',
    agentDeliveries,
    'auto',
    'How shell pods get the program that owns their terminals: its image as a `volume`, or a `copy` by a container that runs before, where the cluster or its container runtime has no image volumes. `auto` asks the cluster.',
  ),
  runtimeClass: {
    variable: 'PODIUM_RUNTIME_CLASS',
    about:
      'Name of a RuntimeClass of the cluster, under which all shells run. What learners start runs under it too when `podium install --runtime-class`, or the chart, is told the same name. See [A cluster of your own](/en/docs/operate/own-cluster/).',
    defaultText: 'none: what the nodes run pods with otherwise',
    parse: parseRuntimeClass,
  } satisfies Option<string | undefined>,
  allowUnprovedIsolation: yesOrNo(
    'PODIUM_ALLOW_UNPROVED_ISOLATION',
    'Give sandboxes although it is not proved, or is disproved, that the cluster keeps learners from each other and from the cluster. Only for people who may all do everything there. Without it the server gives none, and says what is missing.',
  ),
  sandboxLimit: wholeNumber(
    'PODIUM_SANDBOX_LIMIT',
    { byDefault: 200, least: 1, most: MAX_SANDBOX_LIMIT },
    'Sandboxes at once, of all servers on the cluster together; whoever comes then waits in line. One that is idle takes about 20 MiB of the cluster.',
  ),
  reservations: {
    variable: 'PODIUM_RESERVATIONS',
    about:
      'Room that is kept for a lab at an event, out of `PODIUM_SANDBOX_LIMIT`, so that a class finds its seats however many others are here: `2026-11-26T17:30Z/2026-11-26T20:00Z=30:first-steps` keeps 30 for those who start `first-steps`; several with commas between. Nobody who is in is sent away: let it begin an idle time before the class. The same for all servers on the cluster.',
    defaultText: 'none',
    parse: (given) => (given === undefined ? [] : parseReservations(given)),
  } satisfies Option<Reservations>,
  idleMinutes: wholeNumber(
    'PODIUM_IDLE_MINUTES',
    { byDefault: 60, least: 5, most: MAX_IDLE_MINUTES },
    'A sandbox in which nobody types, clicks on a command or checks for so many minutes ends; its page warns before. A lab’s `ceilingMinutes` ends it in any case.',
  ),
  keptHomesMiB: wholeNumber(
    'PODIUM_KEPT_HOMES_MIB',
    { byDefault: 1024, least: 0, most: MAX_KEPT_HOMES_MIB },
    'When a sandbox ends, the files of its home are kept in the database, up to 10 MiB of them compressed, and are there again at the next start. This is for all of them together; beyond it the oldest go. With 0, none are kept.',
  ),
  keepDays: wholeNumber(
    'PODIUM_KEEP_DAYS',
    { byDefault: 365, least: 0, most: MAX_KEEP_DAYS },
    'Who has done nothing here for so many days is forgotten: progress, answers and files. Looked after once a day, by one server. With 0, nobody is ever forgotten, but for who wishes it on the page “My labs”.',
  ),
  poolFloor: wholeNumber(
    'PODIUM_POOL_FLOOR',
    { byDefault: 2, least: 0, most: MAX_SANDBOX_LIMIT },
    'Sandboxes of each image of a lab that are made ahead, so that a start is instant. An idle one takes about 20 MiB of the cluster. With 0, each is made when it is asked for, in a second or two.',
  ),
  poolCeiling: wholeNumber(
    'PODIUM_POOL_CEILING',
    { byDefault: 100, least: 0, most: MAX_SANDBOX_LIMIT },
    'What is made ahead beyond this, by a schedule that is over for example, is ended again.',
  ),
  poolSchedule: {
    variable: 'PODIUM_POOL_SCHEDULE',
    about:
      'More made ahead for an event: `2026-11-26T17:30Z/2026-11-26T20:00Z=70`, several of them with commas between. The first time is when the making begins; ten sandboxes take about half a minute on two cores.',
    defaultText: 'none',
    parse: (given) => (given === undefined ? [] : parsePoolSchedule(given)),
  } satisfies Option<PoolSchedule>,
  logLevel: oneOf('PODIUM_LOG_LEVEL', logLevels, 'info', 'How much is logged.'),
} as const;

type Options = typeof options;
export type Config = { readonly [K in keyof Options]: ReturnType<Options[K]['parse']> };
export type ConfigResult =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] };

/** Reads all options, and what they mean together; never throws. */
export function loadConfig(environment: Environment, surroundings: Surroundings): ConfigResult {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries<Option<unknown>>(options)) {
    const given = environment[option.variable]?.trim();
    try {
      values[name] = option.parse(given === '' ? undefined : given, surroundings, environment);
    } catch (error) {
      const shown = option.isSecret ? 'cannot be used' : `is "${given}"`;
      problems.push(`${option.variable} ${shown}. ${(error as Error).message}`);
    }
  }
  problems.push(...unknownVariables(environment));
  if (problems.length > 0) return { ok: false, problems };
  const config = values as Config;
  const contradictions = findContradictions(config);
  return contradictions.length > 0 ? { ok: false, problems: contradictions } : { ok: true, config };
}

function findContradictions(config: Config): string[] {
  const problems: string[] = [];
  if (!isLoopback(config.host) && config.driver === 'local') {
    problems.push(
      `PODIUM_HOST is ${config.host} and PODIUM_DRIVER is local. A shell of this machine is given on this machine only: set PODIUM_HOST to 127.0.0.1 or take a cluster.`,
    );
  } else if (!isLoopback(config.host) && !config.listenUnprotected) {
    problems.push(
      `PODIUM_HOST is ${config.host}. Anybody who reaches that address would get a shell without a way in. Set it to 127.0.0.1, or, on a network that you trust, start with --listen-unprotected (PODIUM_LISTEN_UNPROTECTED=yes).`,
    );
  }
  if (config.poolCeiling < config.poolFloor) {
    problems.push(
      `PODIUM_POOL_CEILING is ${config.poolCeiling}, less than PODIUM_POOL_FLOOR, which is ${config.poolFloor}. What is made would be ended at once: set it to ${config.poolFloor} or more.`,
    );
  }
  const reserved = mostReserved(config.reservations);
  if (reserved > config.sandboxLimit) {
    problems.push(
      `PODIUM_RESERVATIONS keeps ${reserved} sandboxes at once, and PODIUM_SANDBOX_LIMIT is ${config.sandboxLimit}. Keep fewer, or set the limit to ${reserved} or more.`,
    );
  }
  if (config.driver === 'kubernetes' && config.kubeconfig === undefined) {
    problems.push(
      'PODIUM_DRIVER is kubernetes, but PODIUM_KUBECONFIG is not set. Set it to a kubeconfig of the server account.',
    );
  }
  return problems;
}

/** A misspelt variable would otherwise be silently without effect. Those of tests and of the cache are not the server's. */
const FOREIGN_VARIABLES = /^PODIUM_(TEST_.*|CACHE)$/;

function unknownVariables(environment: Environment): string[] {
  const known = new Set<string>(Object.values(options).map((option) => option.variable));
  return Object.keys(environment)
    .filter((name) => name.startsWith('PODIUM_') && !known.has(name) && !FOREIGN_VARIABLES.test(name))
    .map((name) => `${name} is no option of the server. Those are: ${[...known].join(', ')}.`);
}

function defaultDataDirectory({ isRoot, home }: Surroundings, environment: Environment): string {
  if (isRoot) return '/var/lib/podium/server';
  return join(environment['XDG_STATE_HOME'] || join(home, '.local/state'), 'podium');
}
