/** shellcheck's word on the scripts of labs, where it is installed. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { LabProblem } from '../../../labs/lab.ts';
import type { Script } from './lab-sources.ts';

const report = z.object({
  comments: z.array(z.object({ file: z.string(), line: z.int(), code: z.int(), message: z.string() })),
});

/** Undefined where there is no shellcheck. */
export async function runShellcheck(
  contentDirectory: string,
  scripts: readonly Script[],
  signal: AbortSignal,
): Promise<readonly LabProblem[] | undefined> {
  if (scripts.length === 0) return [];
  const shownByPath = new Map(scripts.map(({ shown }) => [join(contentDirectory, shown), shown]));
  const words = ['--shell=sh', '--format=json1', ...shownByPath.keys()];
  const output = await run('shellcheck', words, signal);
  if (output === undefined) return undefined;
  const { comments } = report.parse(JSON.parse(output));
  return comments.map(({ file, line, code, message }) => ({
    file: shownByPath.get(file) ?? file,
    line,
    message: `${message} (SC${code})`,
  }));
}

function run(program: string, words: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'], signal });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(undefined) : reject(error)));
    child.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
