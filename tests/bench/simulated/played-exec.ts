/**
 * The exec of pods that no kubelet runs. Played are the agent's answer that its shell is ready, for a pod that is, and,
 * where agents of this machine can be had, the way to one of them. Whatever else is asked for is refused: checks.
 */
import type { IncomingMessage } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type ApiClient, isRefusal } from '../../../sandbox-server/driver/kubernetes/api-client.ts';
import { channel, EXEC_SUBPROTOCOL } from '../../../sandbox-server/driver/kubernetes/exec-protocol.ts';
import { AGENT_PROGRAM } from '../../../sandbox-server/driver/kubernetes/names.ts';
import { decideReady } from '../../../sandbox-server/driver/kubernetes/pod-state.ts';
import { readinessCommand } from '../../../sandbox-server/driver/kubernetes/shell-scripts.ts';
import type { RunningAgent } from '../../support/agent-program.ts';
import type { PlayExec } from './counting-proxy.ts';

/** Disposing it ends the agents. */
export interface PlayedExec extends AsyncDisposable {
  readonly play: PlayExec;
}

const never = new AbortController().signal;
const attachCommand = [AGENT_PROGRAM, 'attach'];
const success = { status: 'Success' };
const refusal = { status: 'Failure', message: 'no kubelet runs this pod: this command is not played' };

/** `api` is an administrator's: it is asked whether the pod is there. */
export function createPlayedExec(api: ApiClient, startAgent?: () => Promise<RunningAgent>): PlayedExec {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => EXEC_SUBPROTOCOL });
  /** By the pod's uid: a pod that is made again has a shell of its own. */
  const agents = new Map<string, Promise<RunningAgent>>();
  const agentOf = (uid: string, start: () => Promise<RunningAgent>) => {
    const agent = agents.get(uid) ?? start();
    agents.set(uid, agent);
    return agent;
  };
  const answer = async (exec: WebSocket, asked: IncomingMessage, uid: string) => {
    if (!startAgent || !isCommand(asked, attachCommand)) {
      return sayStatus(exec, isCommand(asked, readinessCommand) ? success : refusal);
    }
    // The server speaks first, and a message to nobody would be lost.
    exec.pause();
    connect(exec, await agentOf(uid, startAgent));
    exec.resume();
  };
  return {
    play(asked, socket, head) {
      void findPod(api, asked).then((found) => {
        if (typeof found === 'number') socket.end(`HTTP/1.1 ${found} Refused\r\nContent-Length: 0\r\n\r\n`);
        else sockets.handleUpgrade(asked, socket, head, (exec) => void answer(exec, asked, found.uid));
      });
    },
    async [Symbol.asyncDispose]() {
      for (const exec of sockets.clients) exec.terminate();
      await Promise.all([...agents.values()].map(async (agent) => (await agent)[Symbol.asyncDispose]()));
    },
  };
}

/** The pod, or the HTTP status that an API server answers with where it is not there, or not ready. */
async function findPod(api: ApiClient, { url = '' }: IncomingMessage): Promise<{ readonly uid: string } | number> {
  try {
    const path = new URL(url, 'https://api').pathname.replace(/\/exec$/u, '');
    const pod = (await api.call('GET', path, {}, never)) as { readonly metadata: { readonly uid: string } };
    return decideReady(pod) ? { uid: pod.metadata.uid } : 500;
  } catch (error) {
    if (isRefusal(error, 404)) return 404;
    process.stdout.write(`an exec could not be played: ${String(error)}\n`);
    return 500;
  }
}

function isCommand({ url = '' }: IncomingMessage, words: readonly string[]): boolean {
  const command = new URL(url, 'https://api').searchParams.getAll('command');
  return command.length === words.length && command.every((word, index) => word === words[index]);
}

function connect(exec: WebSocket, agent: RunningAgent): void {
  const { stdin, stdout } = agent.attach();
  stdin?.on('error', () => undefined);
  exec.on('message', (data: RawData) => {
    const frame = data as Buffer;
    if (frame[0] === channel.input) stdin?.write(frame.subarray(1));
    if (frame[0] === channel.close) stdin?.end();
  });
  exec.on('close', () => stdin?.end());
  stdout?.on('data', (bytes: Buffer) => exec.send(Buffer.concat([Buffer.of(channel.output), bytes])));
  stdout?.on('end', () => sayStatus(exec, success));
}

function sayStatus(exec: WebSocket, status: object): void {
  exec.send(Buffer.concat([Buffer.of(channel.status), Buffer.from(JSON.stringify(status))]));
  exec.close();
}
