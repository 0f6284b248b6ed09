/** A learner's shell as a Terminal: an exec with a terminal, and the ending that an exec does not have. */
import { PodiumError } from '../../errors.ts';
import type { Terminal, TerminalSize } from '../driver.ts';
import type { CredentialSource } from './credentials.ts';
import { type Exec, openExec } from './exec.ts';
import { SHELL_CONTAINER, SHELL_NAMESPACE, shellName } from './names.ts';
import { makeHangUpCommand, makeTerminalCommand, MAX_FIRST_LINE_BYTES } from './shell-scripts.ts';

/** From the open stream to the shell's first line. */
const FIRST_LINE_LIMIT_MS = 10_000;
/** The script itself gives up after a second; the rest is the way there. */
const HANG_UP_LIMIT_MS = 5_000;

/** Resolves when the shell's process is known. Throws an ApiRefusal or a PodiumError. */
export async function openTerminal(
  source: CredentialSource,
  sandboxId: string,
  size: TerminalSize,
  signal: AbortSignal,
): Promise<Terminal> {
  const command = makeTerminalCommand(size);
  const exec = await openExec(source, { ...shellOf(sandboxId), command, hasTerminal: true }, signal);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(FIRST_LINE_LIMIT_MS)]);
    const output = exec.output[Symbol.asyncIterator]();
    const { processId, rest } = await withSignal(readFirstLine(output), limit);
    return makeTerminal(source, sandboxId, exec, { processId, output: startWith(rest, output) });
  } catch (error) {
    exec[Symbol.dispose]();
    if (signal.aborted) throw signal.reason;
    throw error instanceof PodiumError ? error : new PodiumError('terminal_failed', { cause: error });
  }
}

function shellOf(sandboxId: string) {
  return { namespace: SHELL_NAMESPACE, pod: shellName(sandboxId), container: SHELL_CONTAINER };
}

function makeTerminal(
  source: CredentialSource,
  sandboxId: string,
  exec: Exec,
  { processId, output }: { processId: number; output: AsyncIterable<Uint8Array> },
): Terminal {
  let hasExited = false;
  void exec.exited.then((status) => (hasExited = status !== null));
  let ending: Promise<void> | undefined;
  return {
    output,
    exited: exec.exited,
    write: (bytes) => exec.write(bytes),
    resize: (size) => exec.resize(size),
    [Symbol.asyncDispose]() {
      ending ??= (async () => {
        exec[Symbol.dispose]();
        if (!hasExited) await hangUp(source, sandboxId, processId);
      })();
      return ending;
    },
  };
}

/** Closing an exec leaves its process running. A pod that is gone has no process either: then all is well. */
async function hangUp(source: CredentialSource, sandboxId: string, processId: number): Promise<void> {
  const limit = AbortSignal.timeout(HANG_UP_LIMIT_MS);
  const command = makeHangUpCommand(processId);
  try {
    using exec = await openExec(source, { ...shellOf(sandboxId), command, hasTerminal: false }, limit);
    await withSignal(exec.exited, limit);
  } catch {
    // The pod's end takes the process with it; until then it holds nothing but its own memory.
  }
}

async function readFirstLine(output: AsyncIterator<Uint8Array>): Promise<{ processId: number; rest: Uint8Array }> {
  let seen = Buffer.alloc(0);
  for (;;) {
    const end = seen.indexOf('\n');
    if (end >= 0) {
      const processId = Number.parseInt(seen.subarray(0, end).toString('latin1'), 10);
      if (!(processId > 0)) break;
      return { processId, rest: seen.subarray(end + 1) };
    }
    if (seen.byteLength > MAX_FIRST_LINE_BYTES) break;
    const next = await output.next();
    if (next.done) break;
    seen = Buffer.concat([seen, next.value]);
  }
  throw new PodiumError('terminal_failed', { cause: new Error(`no shell: ${seen.toString('latin1').slice(0, 200)}`) });
}

async function* startWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.byteLength > 0) yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** The promise, or the signal's reason as soon as it is aborted. */
export function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
