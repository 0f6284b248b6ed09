/** A web terminal of others that a figure is compared with, run as its manual says, in front of the same pod. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { WireFormat } from '../wire.ts';

export interface Peer {
  readonly name: string;
  /** Builds or installs it where that has not been done, and starts it before that program; undefined where it is not here. */
  readonly start: (command: readonly string[]) => Promise<PeerServer | undefined>;
}

export interface PeerServer extends AsyncDisposable {
  /** Of its page. */
  readonly url: string;
  readonly pid: number;
  readonly wire: WireFormat;
}

/** Node and Go programs on a busy machine. */
const LISTEN_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 50;

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Starts a program that listens on that port, and resolves when it does; disposing it ends it. */
export async function startListener(
  program: string,
  parameters: readonly string[],
  port: number,
): Promise<AsyncDisposable & { readonly pid: number }> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const signal = AbortSignal.timeout(LISTEN_LIMIT_MS);
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode} before it listened.`);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (isRunning(child)) child.kill('SIGKILL');
      await ended;
    },
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
