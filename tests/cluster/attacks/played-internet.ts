/**
 * The internet, a cloud's metadata service and a name server out there, all played in a network namespace of its own
 * behind the node: what a learner reaches there, they would reach outside. Nothing leaves the machine.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findKubelet } from '../../support/node-access.ts';

const execute = promisify(execFile);

/** Kept for documentation (RFC 5737), so that it is nobody's. */
export const INTERNET = '203.0.113.7';
export const METADATA = '169.254.169.254';
const GATEWAY = '203.0.113.1';
/** Of the node's end; the other one is in the played internet. */
const DEVICE = 'attack-out';
const FAR_DEVICE = 'attack-in';

export interface PlayedInternet extends AsyncDisposable {
  /** Whether a question with that in its name has arrived at the name server. */
  hasHeard(word: string): boolean;
}

export async function createPlayedInternet(): Promise<PlayedInternet> {
  await using resources = new AsyncDisposableStack();
  const kubelet = await findKubelet();
  const program = join(import.meta.dirname, 'played-internet-worker.ts');
  const enter = [`--net=/proc/${kubelet}/ns/net`, 'unshare', '--net', process.execPath, program];
  const child = spawn('nsenter', enter, { stdio: ['pipe', 'pipe', 'inherit'] });
  resources.defer(() => end(child));
  const heard: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, 'line');
  lines.on('line', (line) => heard.push(line));
  await Promise.race([ready, once(child, 'exit').then(() => Promise.reject(new Error('There is no internet.')))]);
  await connect(kubelet, child.pid ?? 0);
  const owned = resources.move();
  return {
    hasHeard: (word) => heard.some((line) => line.includes(word)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The link goes with the namespace that one end of it is in. */
async function connect(node: number, internet: number): Promise<void> {
  const ip = (pid: number, order: string) =>
    execute('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', ...order.split(' ')]);
  await ip(node, `link add ${DEVICE} type veth peer name ${FAR_DEVICE} netns ${internet}`);
  await ip(node, `address add ${GATEWAY}/24 dev ${DEVICE}`);
  await ip(node, `link set ${DEVICE} up`);
  await ip(node, `route add ${METADATA}/32 dev ${DEVICE}`);
  await ip(internet, 'link set lo up');
  await ip(internet, `address add ${INTERNET}/24 dev ${FAR_DEVICE}`);
  await ip(internet, `address add ${METADATA}/32 dev ${FAR_DEVICE}`);
  await ip(internet, `link set ${FAR_DEVICE} up`);
  await ip(internet, `route add default via ${GATEWAY}`);
  await execute('nsenter', [`--net=/proc/${node}/ns/net`, 'curl', '-sS', '-m', '5', `http://${INTERNET}/`]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
