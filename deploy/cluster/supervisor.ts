/**
 * The process behind a running instance: `node supervisor.ts <instance name>`. It starts the instance's parts, restarts what dies,
 * sweeps what nobody else collects, and ends all on SIGTERM. It is started detached, outlives the command line, and when it is killed itself,
 * the next one takes over the parts that are still running. It tells the outside how things are by the status file alone.
 */
import { mkdir, readdir, readFile, rm, truncate, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { bringUp, connect } from './bring-up.ts';
import { ensureCgroups, enterCgroups, loadCgroupMounts } from './cgroups.ts';
import { clearInstance, makeCleanMark, removeRunFiles } from './clear-instance.ts';
import { removeContainers } from './container-images.ts';
import { ClusterError } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import { sweepIdentities } from './identity-sweep.ts';
import { writeInstanceFiles } from './instance-files.ts';
import type { InstancePaths, InstanceSettings } from './instance.ts';
import { makeAddresses, makeCgroupName, makeInstancePaths } from './instance.ts';
import type { KubeClient } from './kube-client.ts';
import { keepMetricsApi } from './metrics-api.ts';
import type { NamespaceHandles } from './namespaces.ts';
import { createNamespaces, enterNamespaces, openNamespaces, shadowSettings } from './namespaces.ts';
import type { PartCommand, PartName } from './part-commands.ts';
import { makePartCommands, partNames } from './part-commands.ts';
import { identifyProcess, isAlive } from './processes.ts';
import type { InstanceStatus } from './status.ts';
import { loadStatus, saveStatus } from './status.ts';
import type { PartLaunch, SupervisedPart } from './supervised-part.ts';
import { createSupervisedPart, loadRecord, saveRecord } from './supervised-part.ts';

/** A part that complains without end must not fill the disk. */
const logLimitBytes = 20 * 1024 * 1024;

/** How often the chores are looked after; an unused identity goes within a minute. */
const choreIntervalMs = 10_000;

/** Parts in the order in which they are ended: first what would start something anew, last what the others write to. */
const stopOrder: PartName[][] = [
  ['kubelet', 'kube-controller-manager', 'kube-scheduler'],
  ['cilium-agent', 'kube-proxy', 'relay'],
  ['kube-apiserver'],
  ['etcd'],
];

async function main(name: string): Promise<void> {
  const paths = makeInstancePaths(name);
  const settings = JSON.parse(await readFile(paths.settings, 'utf8')) as InstanceSettings;
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
  const supervise = async () => {
    const supervisor = await createSupervisor(paths, settings, stopping.signal);
    await supervisor.run();
  };
  // Two guardians may begin one each after everything was killed; the lock is taken before the control group is entered, and outlives a clearing.
  await withFileLock(paths.supervisorLock, supervise, { onWait: () => process.exit(0) });
}

async function createSupervisor(paths: InstancePaths, settings: InstanceSettings, signal: AbortSignal) {
  const previous = await loadStatus(paths.status);
  const status: InstanceStatus = {
    phase: 'starting',
    step: 'namespaces',
    supervisor: await identifyProcess(process.pid),
    parts: [],
    startedAt: new Date().toISOString(),
  };
  const parts = new Map<PartName, SupervisedPart>();
  let saving = Promise.resolve();
  const save = () => {
    const records = [...parts].flatMap(([name, part]) => {
      const record = part.record();
      return record === undefined ? [] : [{ name, ...record }];
    });
    status.parts = records;
    const snapshot = structuredClone(status);
    saving = saving.then(() => saveStatus(paths.status, snapshot));
  };

  async function run(): Promise<void> {
    let kube: KubeClient | undefined;
    try {
      kube = await start();
      await keepHouse(kube, paths, signal);
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
    kube?.close();
    await stop();
  }

  async function start(): Promise<KubeClient> {
    const holderPid = await resumeOrBegin();
    const handles = openNamespaces(holderPid);
    for (const part of makeParts(paths, settings, handles, save)) parts.set(part.name, part.supervised);
    const context = {
      paths,
      settings,
      handles,
      holderPid,
      startPart: (name: PartName) => parts.get(name)?.start(),
      onStep: (step: InstanceStatus['step']) => {
        status.step = step;
        save();
      },
      signal,
    };
    let kube: KubeClient;
    if (status.phase === 'ready') {
      for (const part of parts.values()) part.start();
      kube = await connect(context);
    } else {
      kube = await bringUp(context);
      status.phase = 'ready';
      status.readyAt = new Date().toISOString();
    }
    status.port = Number(await readFile(paths.portFile, 'utf8'));
    save();
    return kube;
  }

  /** Goes on with the namespaces of a supervisor that was killed, or clears what is stale and makes new ones. */
  async function resumeOrBegin(): Promise<number> {
    const mounts = await loadCgroupMounts();
    const group = makeCgroupName(settings.name);
    const living = await findLivingPart(paths);
    if (living !== undefined) {
      if (previous?.phase === 'ready')
        Object.assign(status, { phase: 'ready', step: 'probe', startedAt: previous.startedAt });
      await enterCgroups(mounts, group, process.pid);
      return living;
    }
    await clearInstance(settings.name, paths, process.pid);
    await removeRunFiles(paths);
    await rm(makeCleanMark(paths), { force: true });
    for (const folder of [paths.run, paths.logs, paths.parts]) await mkdir(folder, { recursive: true, mode: 0o700 });
    await ensureCgroups(mounts, group);
    await enterCgroups(mounts, group, process.pid);
    save();
    const [holder] = await Promise.all([
      createNamespaces(paths, makeAddresses(settings.number)),
      writeInstanceFiles(paths, settings),
    ]);
    await saveRecord(path.join(paths.parts, 'namespaces.json'), { ...holder, restarts: 0 });
    return holder.pid;
  }

  async function stop(): Promise<void> {
    if (status.phase !== 'failed') status.phase = 'stopping';
    save();
    for (const names of stopOrder) {
      const ending = names.flatMap((name) => parts.get(name) ?? []);
      await Promise.all(ending.map((part) => part.stop()));
    }
    const living = await findLivingPart(paths);
    if (living !== undefined && parts.has('containerd')) {
      const containerd = { handles: openNamespaces(living), binaries: path.join(settings.partsDirectory, 'bin') };
      await removeContainers(containerd).then(
        () => writeFile(makeCleanMark(paths), ''),
        (error: unknown) => console.error('containers could not be removed:', error),
      );
    }
    await parts.get('containerd')?.stop();
    save();
    await saving;
  }

  function fail(error: unknown): void {
    console.error(error);
    status.phase = 'failed';
    status.error =
      error instanceof ClusterError
        ? { code: error.code, facts: error.message, next: error.next }
        : { code: 'part-failed', facts: String(error), next: `read the logs below ${paths.logs}` };
  }

  return { run };
}

/**
 * Records of processes that do not live in the instance's own namespaces: the relay is on the host,
 * the other two have a mount namespace in which our files cover kernel settings.
 */
const recordsElsewhere: readonly string[] = ['relay', 'kubelet', 'cilium-agent'].map((name) => `${name}.json`);

/** Any living process inside the instance's namespaces: the one that made them, or one of the parts. */
async function findLivingPart(paths: InstancePaths): Promise<number | undefined> {
  const files = await readdir(paths.parts).catch(() => []);
  for (const file of files) {
    if (!file.endsWith('.json') || recordsElsewhere.includes(file)) continue;
    const record = await loadRecord(path.join(paths.parts, file));
    if (record !== undefined && (await isAlive(record))) return record.pid;
  }
  return undefined;
}

function makeParts(paths: InstancePaths, settings: InstanceSettings, handles: NamespaceHandles, onChange: () => void) {
  const binaries = path.join(settings.partsDirectory, 'bin');
  const makeLaunch = async (name: PartName): Promise<PartLaunch> => {
    // A relay that is started again takes the port that everybody knows by now.
    const known = Number(await readFile(paths.portFile, 'utf8').catch(() => settings.port));
    const context = { paths, addresses: makeAddresses(settings.number), binaries, apiServerPort: known };
    const command = makePartCommands(context).find((candidate) => candidate.name === name);
    if (command === undefined) throw new Error(`no command for ${name}`);
    return makePartLaunch(command, paths, binaries, handles);
  };
  return partNames.map((name) => ({
    name,
    supervised: createSupervisedPart(() => makeLaunch(name), path.join(paths.parts, `${name}.json`), onChange),
  }));
}

function makePartLaunch(
  command: PartCommand,
  paths: InstancePaths,
  binaries: string,
  handles: NamespaceHandles,
): PartLaunch {
  const searchPath = [paths.programs, binaries, '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
  const [insideProgram, insideArgs] = command.writesSettings
    ? shadowSettings(paths, command.program, command.args)
    : [command.program, command.args];
  const [program, args] = command.isOnHost
    ? [command.program, [...command.args, `--namespace=${handles.net}`]]
    : enterNamespaces(handles, insideProgram, insideArgs);
  return {
    name: command.name,
    command: program,
    args,
    env: { PATH: searchPath, HOME: '/root', ...command.env },
    logFile: path.join(paths.logs, `${command.name}.log`),
  };
}

/** What has to be done again and again as long as the instance lives; resolves when it is to end. */
async function keepHouse(kube: KubeClient, paths: InstancePaths, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const chores = {
      'sweep of identities': sweepIdentities(kube, Date.now()),
      'metrics API': keepMetricsApi(kube),
      logs: limitLogs(paths),
    };
    for (const [chore, work] of Object.entries(chores)) {
      await work.catch((error: unknown) => console.error(`${chore}:`, error));
    }
    await delay(choreIntervalMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Empties a log that grew too large; its writer appends, and goes on at the new end. */
async function limitLogs(paths: InstancePaths): Promise<void> {
  for (const name of await readdir(paths.logs)) {
    const file = path.join(paths.logs, name);
    if ((await stat(file)).size > logLimitBytes) await truncate(file);
  }
}

await main(process.argv[2] ?? '');
