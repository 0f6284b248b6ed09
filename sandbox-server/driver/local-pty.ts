/**
 * The driver without a cluster: a shell of this very machine, with the rights of whoever started the server.
 * It isolates nobody from anything, so it serves loopback only. A sandbox is a folder with a record and a home; its
 * shells live in this process, and end with it.
 */
import { randomUUID } from 'node:crypto';
import { access, link, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { PodiumError } from '../errors.ts';
import type { CheckRun, CheckScript, Driver, SandboxRecord, SandboxRequest } from './driver.ts';
import { runLocalCheck, runLocalScript } from './local-check.ts';
import { watchLocalChecks } from './local-check-watch.ts';
import { restoreLocalHome, saveLocalHome } from './local-home.ts';
import type { ShellCommand } from './local-shell.ts';
import { createTerminals, type Terminals } from './local-terminals.ts';
import { sandboxId } from './sandbox-id.ts';

/** A learner has no namespace here; what prints this says so. */
const NO_NAMESPACE = 'local';
const RECORD_FILE = 'record.json';
/** Nothing else of the server's environment reaches a shell. */
const PASSED_ON = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'USER', 'LOGNAME'];

export interface LocalDriverOptions {
  /** Where sandboxes are kept; made if it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  /** Where the server listens; anything but loopback is refused. */
  readonly isLoopback: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Throws when the server listens beyond this machine. */
export async function createLocalDriver(options: LocalDriverOptions): Promise<Driver> {
  if (!options.isLoopback)
    throw new Error('A shell of this machine is given on this machine only: listen on 127.0.0.1.');
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const shellFile = await findShell();
  // Names this process: a shell of an earlier one is gone, and its epoch with it.
  const instance = randomUUID();
  const opened = new Map<string, Terminals>();
  const folderOf = (id: string) => join(options.directory, id);
  const homeOf = (id: string) => join(folderOf(id), 'home');
  const environmentOf = (id: string) => makeEnvironment(homeOf(id), shellFile, options.environment);

  function terminalsOf(id: string): Terminals {
    const terminals = opened.get(id) ?? createTerminals({ instance, clock: options.clock });
    opened.set(id, terminals);
    return terminals;
  }
  async function loseTerminals(ids: readonly string[]): Promise<void> {
    const losing = ids.map((id) => opened.get(id)).filter((terminals) => terminals !== undefined);
    for (const id of ids) opened.delete(id);
    await Promise.all(losing.map((terminals) => terminals[Symbol.asyncDispose]()));
  }
  async function runCheck(id: string, script: CheckScript, signal: AbortSignal): Promise<CheckRun> {
    if (!(await readRecord(folderOf(id)))) throw new PodiumError('sandbox_unknown');
    const environment: Record<string, string> = { ...environmentOf(id), NAMESPACE: NO_NAMESPACE };
    return runLocalCheck(script, { home: environment['HOME'] ?? '/', environment }, signal);
  }

  return {
    kind: 'local',
    async start(request, onStage, signal) {
      signal.throwIfAborted();
      onStage('shell');
      const record = await ensureRecord(options, request);
      onStage('prompt');
      await probeShell(shellFile, environmentOf(record.id), signal).catch(async (error: unknown) => {
        await rm(folderOf(record.id), { recursive: true, force: true });
        throw error;
      });
      return record;
    },
    async list() {
      const names = await readdir(options.directory);
      const records = await Promise.all(names.map((name) => readRecord(join(options.directory, name))));
      return records.filter((record) => record !== undefined);
    },
    follow: () => ({ [Symbol.dispose]: () => undefined }),
    async attach(id, order, onEvent, signal) {
      signal.throwIfAborted();
      if (!(await readRecord(folderOf(id)))) throw new PodiumError('sandbox_unknown');
      signal.throwIfAborted();
      const environment = environmentOf(id);
      const command = { file: shellFile, home: environment['HOME'] ?? '/', environment };
      return terminalsOf(id).attach(command, order, onEvent);
    },
    runCheck,
    async watchChecks(id, checks, onRun, signal) {
      const run = (check: CheckScript) => runCheck(id, check, signal);
      await watchLocalChecks({ clock: options.clock, run }, checks, { onRun, signal });
    },
    async runAsLearner(id, script, signal) {
      if (!(await readRecord(folderOf(id)))) throw new PodiumError('sandbox_unknown');
      const environment: Record<string, string> = { ...environmentOf(id), NAMESPACE: NO_NAMESPACE };
      return runLocalScript(script, { home: environment['HOME'] ?? '/', environment }, signal);
    },
    async extend(id, expiresAt) {
      const record = await readRecord(folderOf(id));
      if (!record) throw new PodiumError('sandbox_unknown');
      const draft = await writeDraft(folderOf(id), { ...record, expiresAt });
      await rename(draft, join(folderOf(id), RECORD_FILE));
    },
    async saveHome(id, limitBytes, signal) {
      if (!(await readRecord(folderOf(id)))) throw new PodiumError('sandbox_unknown');
      return saveLocalHome(homeOf(id), limitBytes, signal);
    },
    async restoreHome(id, archive, signal) {
      if (!(await readRecord(folderOf(id)))) throw new PodiumError('sandbox_unknown');
      await restoreLocalHome(homeOf(id), archive, signal);
    },
    async end(id) {
      await loseTerminals([id]);
      await rm(folderOf(id), { recursive: true, force: true, maxRetries: 3 });
    },
    [Symbol.asyncDispose]: () => loseTerminals([...opened.keys()]),
  };
}

/** The record of this owner and lab; of several callers at once one writes it and all read the same. */
async function ensureRecord(
  { directory, clock }: LocalDriverOptions,
  { ownerHash, lab }: SandboxRequest,
): Promise<SandboxRecord> {
  const id = sandboxId(ownerHash, lab.slug);
  const folder = join(directory, id);
  await mkdir(join(folder, 'home'), { recursive: true, mode: 0o700 });
  const createdAt = new Date(clock.now());
  const record: SandboxRecord = {
    id,
    lab: lab.slug,
    ownerHash,
    namespace: NO_NAMESPACE,
    state: 'running',
    createdAt,
    expiresAt: new Date(createdAt.getTime() + lab.lifeMinutes * 60_000),
  };
  const draft = await writeDraft(folder, record);
  // A link appears whole and only once, so nobody reads half a record.
  await link(draft, join(folder, RECORD_FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft, { force: true });
  return (await readRecord(folder)) ?? record;
}

/** To be put in the record's place in one step. */
async function writeDraft(folder: string, record: SandboxRecord): Promise<string> {
  const draft = join(folder, `${RECORD_FILE}.${randomUUID()}`);
  await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
  return draft;
}

async function readRecord(folder: string): Promise<SandboxRecord | undefined> {
  const source = await readFile(join(folder, RECORD_FILE), 'utf8').catch(() => undefined);
  if (source === undefined) return undefined;
  const record = JSON.parse(source) as SandboxRecord & { createdAt: string; expiresAt: string };
  return { ...record, createdAt: new Date(record.createdAt), expiresAt: new Date(record.expiresAt) };
}

async function findShell(): Promise<string> {
  return access('/bin/bash').then(
    () => '/bin/bash',
    () => '/bin/sh',
  );
}

function makeEnvironment(
  home: string,
  shellFile: string,
  from: LocalDriverOptions['environment'],
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = from[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    ...environment,
    HOME: home,
    SHELL: shellFile,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    EDITOR: 'nano',
  };
}

/** Long enough for a machine that swaps. */
const PROBE_LIMIT_MS = 10_000;

/** A shell that answers a command will also give a prompt. */
async function probeShell(file: string, environment: ShellCommand['environment'], signal: AbortSignal): Promise<void> {
  const probe = { name: 'probe', source: `exec ${file} -c 'exit 0'`, timeLimitMs: PROBE_LIMIT_MS };
  const { exitCode } = await runLocalCheck(probe, { home: environment['HOME'] ?? '/', environment }, signal);
  if (exitCode !== 0) throw new PodiumError('start_failed');
}
