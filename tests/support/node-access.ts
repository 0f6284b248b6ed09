/** A hand on the node of the embedded cluster, which is this machine: its network namespace and the processes of its pods. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterStatus } from '../../deploy/cluster/cluster.ts';
import { LEARNER_HOME } from '../../sandbox-server/driver/kubernetes/names.ts';

const execute = promisify(execFile);
const instance = process.env['PODIUM_TEST_INSTANCE'];
/** A table of our own, so that nothing of the cluster's is touched and all of it goes at once. */
const TABLE = 'podium_test';
const KUBELET_PORT = 10_250;

export const skippedWithoutNode =
  instance === undefined || process.getuid?.() !== 0
    ? 'the node is not this machine: npm test brings up an embedded cluster on Linux as root'
    : false;

export interface LossyNetwork extends AsyncDisposable {
  countDropped(): Promise<number>;
}

/** Loses that share of what goes to and from the kubelet, where every exec passes, until it is disposed. */
export async function dropPackets(share: number): Promise<LossyNetwork> {
  const outOf = 1000;
  const drop = `numgen random mod ${outOf} < ${Math.round(share * outOf)} counter drop`;
  const ports = ['dport', 'sport'].map((port) => `tcp ${port} ${KUBELET_PORT} ${drop}`);
  const chain = `type filter hook output priority 0; ${ports.join('; ')};`;
  await enterNetwork('nft', `table inet ${TABLE} { chain output { ${chain} }; }`);
  return {
    async countDropped() {
      const listed = await enterNetwork('nft', `list table inet ${TABLE}`);
      return [...listed.matchAll(/counter packets (\d+)/gu)].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async [Symbol.asyncDispose]() {
      await enterNetwork('nft', `delete table inet ${TABLE}`);
    },
  };
}

async function enterNetwork(program: string, order: string): Promise<string> {
  return (await execute('nsenter', [`--net=/proc/${await findKubelet()}/ns/net`, program, order])).stdout;
}

/** Its process, as this machine counts: it is in the network namespace of the node. */
export async function findKubelet(): Promise<number> {
  const { parts } = await clusterStatus({ name: instance ?? '' });
  const kubelet = parts.find(({ name, isRunning }) => name === 'kubelet' && isRunning);
  if (kubelet === undefined) throw new Error('The kubelet does not run.');
  return kubelet.pid;
}

/** The first process of a sandbox's shell container, as this machine counts. */
async function findShellProcess(namespace: string): Promise<number> {
  const wanted = [`NAMESPACE=${namespace}`, `HOME=${LEARNER_HOME}`];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))) {
    const variables = await readOrNothing(join('/proc', pid, 'environ')).then((text) => text.split('\0'));
    if (!wanted.every((variable) => variables.includes(variable))) continue;
    const status = await readOrNothing(join('/proc', pid, 'status'));
    if (/^NSpid:.*\t1$/mu.test(status)) return Number(pid);
  }
  throw new Error(`No shell container of ${namespace} runs here.`);
}

/** Ends the shell container as the kernel does when it has no memory left: by the kill of its first process. */
export async function killShellContainer(namespace: string): Promise<void> {
  process.kill(await findShellProcess(namespace), 'SIGKILL');
}

/** A process may end while it is looked at. */
function readOrNothing(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Processes of this machine, in whatever container, that run under this name. */
export async function countProcesses(name: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/u.test(entry));
  const lines = await Promise.all(pids.map((pid) => readOrNothing(join('/proc', pid, 'cmdline'))));
  return lines.filter((line) => line.split('\0')[0] === name).length;
}
