/**
 * Checks that ask themselves again: the agent in the container `checker` watches the learner's namespace and runs them
 * there, so that what the server has to do is to read their results, and to bring a new token before the old one ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import * as z from 'zod/mini';
import { PodiumError } from '../../errors.ts';
import type { CheckRun, WatchedCheck } from '../driver.ts';
import { type CheckContext, issueAccess, TOKEN_SECONDS } from './check.ts';
import { type Exec, openExec } from './exec.ts';
import { CHECKER_CONTAINER, SHELL_NAMESPACE, shellName } from './names.ts';
import { TIMED_OUT_STATUS, watchCommand } from './shell-scripts.ts';

/** A check that begins just before it must still have its time with the old token. */
const RENEW_MS = (TOKEN_SECONDS * 1000 * 3) / 4;
/** For the agent to end the check that runs, and itself: milliseconds, unless the node is gone. */
const END_LIMIT_MS = 3_000;
/** 64 KiB of output, of which each octet may be written as six. */
const MAX_LINE_CHARACTERS = 512 * 1024;

const report = z.union([
  z.object({ check: z.string(), exitCode: z.int(), output: z.string() }),
  z.object({ fault: z.string() }),
]);
type Report = z.infer<typeof report>;

export interface WatchContext extends CheckContext {
  readonly log: Logger;
}

/** As the driver port says. */
export async function watchChecks(
  context: WatchContext,
  checks: readonly WatchedCheck[],
  onRun: (name: string, run: CheckRun) => void,
  signal: AbortSignal,
): Promise<void> {
  const command = [...watchCommand];
  const pod = { namespace: SHELL_NAMESPACE, pod: shellName(context.placeId), container: CHECKER_CONTAINER };
  try {
    const access = await issueAccess(context, signal);
    using exec = await openExec(context.source, { ...pod, command, hasTerminal: false }, signal);
    using ending = endWith(exec, signal);
    await exec.write(makeLine({ access }));
    await exec.write(makeLine({ checks: checks.map(makeOrder) }));
    void renewAccess(context, exec, ending.signal);
    const open = new Set(checks.map(({ name }) => name));
    for await (const line of readLines(exec.output)) {
      if (ending.signal.aborted) continue;
      takeReport(decodeReport(line), { open, onRun, log: context.log });
      if (open.size === 0) ending.end();
    }
    if (open.size === 0 || signal.aborted) return;
    throw new PodiumError('check_failed', { cause: new Error(`the watch ended with ${await exec.exited}`) });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface Ending extends Disposable {
  /** Aborted when the end has begun. */
  readonly signal: AbortSignal;
  /** Has the agent end; its output then ends, at the latest with the connection. */
  end(): void;
}

function endWith(exec: Exec, signal: AbortSignal): Ending {
  const abort = new AbortController();
  let limit: NodeJS.Timeout | undefined;
  const end = () => {
    if (abort.signal.aborted) return;
    abort.abort();
    exec.endInput();
    limit = setTimeout(() => exec[Symbol.dispose](), END_LIMIT_MS).unref();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return {
    signal: abort.signal,
    end,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', end);
      abort.abort();
      clearTimeout(limit);
    },
  };
}

/** Until the signal is aborted. Without a new token the watch would see nothing more, so it ends, and may begin anew. */
async function renewAccess(context: WatchContext, exec: Exec, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await delay(RENEW_MS, undefined, { signal, ref: false });
      await exec.write(makeLine({ access: await issueAccess(context, signal) }));
    }
  } catch (error) {
    if (signal.aborted) return;
    context.log.warn({ err: error }, 'checks are not watched any more: there was no new token');
    exec[Symbol.dispose]();
  }
}

function makeOrder({ name, source, needs, timeLimitMs }: WatchedCheck): WatchedCheck {
  return { name, source, needs, timeLimitMs };
}

function makeLine(order: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(order)}\n`);
}

interface Reader {
  /** Those that have not passed. */
  readonly open: Set<string>;
  readonly onRun: (name: string, run: CheckRun) => void;
  readonly log: Logger;
}

function takeReport(said: Report, { open, onRun, log }: Reader): void {
  if ('fault' in said) return log.warn({ fault: said.fault }, 'what a check needs cannot be watched');
  const { check, exitCode, output } = said;
  if (exitCode === TIMED_OUT_STATUS || !open.has(check)) return;
  if (exitCode === 0) open.delete(check);
  onRun(check, { exitCode, output });
}

function decodeReport(line: string): Report {
  try {
    return report.parse(JSON.parse(line));
  } catch (cause) {
    throw new PodiumError('check_failed', { cause });
  }
}

/** Throws where a line is longer than any that the agent writes. */
async function* readLines(output: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of output) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS)
      throw new PodiumError('check_failed', { cause: new Error('a line is too long') });
    yield* lines;
  }
}
