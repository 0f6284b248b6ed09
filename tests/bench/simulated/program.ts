/** A program of a cluster that a figure is taken on, with its words in a file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** What has nothing to save needs no more. */
const END_LIMIT_MS = 5000;

/** Starts it; disposing the result ends it. */
export function startProgram(program: string, parameters: readonly string[], logFile: string): AsyncDisposable {
  const log = openSync(logFile, 'w');
  const child = spawn(program, parameters, { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = once(child, 'exit');
  // Also where the bench is cut off before it disposes of anything.
  const endAtOnce = () => child.kill('SIGKILL');
  process.once('exit', endAtOnce);
  return {
    async [Symbol.asyncDispose]() {
      process.off('exit', endAtOnce);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const insist = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(insist);
    },
  };
}
