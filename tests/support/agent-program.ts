/** The shell agent as a program of this machine: built with the pinned Go, and run without a pod. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureToolchain, makeGoEnvironment } from '../../deploy/cluster/toolchain.ts';
import { cacheDirectory } from '../../deploy/launch/directories.ts';

const run = promisify(execFile);

export const AGENT_SOURCE = join(import.meta.dirname, '../../sandbox-server/shell-agent');

/** Runs the pinned `go` in the agent's module and resolves with what it prints; rejects with what it complained of. */
export async function runGo(args: readonly string[]): Promise<string> {
  const cacheDir = cacheDirectory(process.env);
  const go = await ensureToolchain(cacheDir);
  const path = `${dirname(go)}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, ...makeGoEnvironment(cacheDir), CGO_ENABLED: '0', PATH: path };
  const { stdout } = await run(go, args, { cwd: AGENT_SOURCE, env });
  return stdout;
}

/** Files with Go below the repository's root that `gofmt` would write otherwise. */
export async function listUnformattedGo(): Promise<string[]> {
  const gofmt = join(dirname(await ensureToolchain(cacheDirectory(process.env))), 'gofmt');
  const { stdout } = await run(gofmt, ['-l', 'deploy', 'sandbox-server'], { cwd: join(import.meta.dirname, '../..') });
  return stdout.split('\n').filter(Boolean);
}

/** Builds a command of the module into a folder and resolves with its path. */
export async function buildGoProgram(packagePath: string, folder: string): Promise<string> {
  const program = join(folder, packagePath === '.' ? 'shell-agent' : packagePath.replaceAll(/[./]+/g, '-'));
  await runGo(['build', '-trimpath', '-o', program, packagePath]);
  return program;
}

export interface RunningAgent extends AsyncDisposable {
  readonly program: string;
  readonly socket: string;
  readonly home: string;
  readonly processId: number;
  /** Starts `attach`, as an exec does in a pod. */
  attach(): ChildProcess;
}

export interface AgentOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** What runs the agent, with its own command behind it: gets the folder of the socket, which both sides must see. */
  readonly makeLauncher?: (folder: string) => readonly string[];
  readonly prepareHome?: (home: string) => Promise<void>;
}

/** Serves on a socket in a folder of its own, with a home there; disposing it ends the agent and all that it started. */
export async function startAgent(program: string, options: AgentOptions = {}): Promise<RunningAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-agent-'));
  const [socket, home] = [join(folder, 'agent.sock'), join(folder, 'home')];
  await mkdir(home);
  await options.prepareHome?.(home);
  const env = { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', ...options.environment };
  const [command = program, ...parameters] = [...(options.makeLauncher?.(folder) ?? []), program];
  const agent = spawn(command, [...parameters, 'serve', '--socket', socket], {
    cwd: home,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(agent, 'exit');
  await run(program, ['ready', '--socket', socket]);
  return {
    program,
    socket,
    home,
    processId: agent.pid ?? 0,
    attach: () => spawn(program, ['attach', '--socket', socket], { stdio: ['pipe', 'pipe', 'inherit'] }),
    async [Symbol.asyncDispose]() {
      // Its shells hear of it by the end of their terminals.
      agent.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
