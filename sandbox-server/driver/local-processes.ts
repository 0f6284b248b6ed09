/** What runs in a terminal of this machine: by `/proc` where there is one (proc(5)), by `ps` elsewhere. */
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

export interface Process {
  readonly pid: number;
  /** All of a terminal's processes have this in common: the session's leader, or the terminal's name. */
  readonly session: string;
  /** The process group that the terminal's keys go to; -1 without a terminal. */
  readonly foregroundGroup: number;
  readonly program: string;
}

/** Of `/proc/PID/stat`; undefined if the text is not that. */
export function decodeStat(stat: string): Process | undefined {
  // The name in the second field may itself hold spaces and parentheses.
  const nameBegin = stat.indexOf('(');
  const nameEnd = stat.lastIndexOf(')');
  const [, , , session, , foregroundGroup] = stat.slice(nameEnd + 2).split(' ');
  if (nameBegin < 0 || session === undefined) return undefined;
  return {
    pid: Number(stat.slice(0, nameBegin)),
    session,
    foregroundGroup: Number(foregroundGroup),
    program: stat.slice(nameBegin + 1, nameEnd),
  };
}

/** Of a line of `ps -A -o pid=,tpgid=,tty=,comm=`. */
export function decodePsLine(line: string): Process | undefined {
  const [, pid, foregroundGroup, session = '', command = ''] = /^\s*(\d+)\s+(-?\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
  if (pid === undefined) return undefined;
  // A login shell is listed with a dash, and some systems list the path.
  const program = basename(command.trim()).replace(/^-/, '');
  return { pid: Number(pid), session, foregroundGroup: Number(foregroundGroup), program };
}

/** The program in the foreground of the shell's terminal: null when it is the shell itself, or when there is no way to know. */
export async function readForegroundProgram(shellPid: number): Promise<string | null> {
  const shell = await readProcess(shellPid);
  if (!shell || shell.foregroundGroup <= 0 || shell.foregroundGroup === shellPid) return null;
  const leader = await readProcess(shell.foregroundGroup);
  // A group may outlive its leader: that something runs is still true.
  return leader?.program ?? '?';
}

/** All processes of the shell's terminal, the shell among them. */
export async function listTerminalProcesses(shellPid: number): Promise<readonly number[]> {
  const all = await listProcesses();
  const session = all.find(({ pid }) => pid === shellPid)?.session ?? String(shellPid);
  return all.filter((each) => each.session === session).map(({ pid }) => pid);
}

async function readProcess(pid: number): Promise<Process | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) return decodeStat(stat);
  if (process.platform === 'linux') return undefined;
  return (await listByPs()).find((each) => each.pid === pid);
}

async function listProcesses(): Promise<readonly Process[]> {
  const names = await readdir('/proc').catch(() => undefined);
  if (!names) return listByPs();
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return found.filter((each) => each !== undefined);
}

async function listByPs(): Promise<readonly Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,tpgid=,tty=,comm=']).catch(() => ({
    stdout: '',
  }));
  return stdout
    .split('\n')
    .map(decodePsLine)
    .filter((each) => each !== undefined);
}
