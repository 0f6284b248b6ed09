import { spawn } from 'node:child_process';
import { ClusterError } from './errors.ts';

/** Enough of a failed program's own words to act on, little enough to read. */
const shownErrorLines = 12;

export type CommandOptions = {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  signal?: AbortSignal;
  /** Called with each line that the program writes to its standard error. */
  onErrorLine?: (line: string) => void;
};

/** Runs a program to its end and resolves with its standard output; throws a ClusterError with its last words when it fails. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      signal: options.signal,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors = (errors + chunk).slice(-16_384);
      for (const line of chunk.split('\n')) if (line !== '') options.onErrorLine?.(line);
    });
    // A program that ends before it has read its input is judged by its exit code, not by the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      else reject(makeCommandError(`${program} ${args.slice(0, 3).join(' ')}`, signal ?? `exit code ${code}`, errors));
    });
  });
}

function makeCommandError(command: string, outcome: string, errors: string): ClusterError {
  const lastWords = errors.trimEnd().split('\n').slice(-shownErrorLines).join('\n');
  return new ClusterError('command-failed', {
    facts: `${command} (${outcome})\n${lastWords}`,
    next: 'the lines above are its own words',
  });
}
