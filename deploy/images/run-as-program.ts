/** What every command line of ours does around its work: signals, messages without stack traces, exit status. */
import { ClusterError } from '../cluster/errors.ts';
import { ImageError } from './image-error.ts';

/** 128 and the number of SIGINT, as a shell counts. */
const EXIT_INTERRUPTED = 130;

/** Runs `work` and returns the exit status; SIGINT and SIGTERM abort its signal. An unexpected error is thrown on. */
export async function runAsProgram(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  try {
    return await work(stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) {
      console.error('Stopped. What is finished is kept; the same command goes on from there.');
      return EXIT_INTERRUPTED;
    }
    if (error instanceof ClusterError) console.error(`${error.message}\n${error.next}`);
    else if (error instanceof ImageError) console.error(error.message);
    else throw error;
    return 1;
  }
}
