/** Commands in a sandbox's shell container past the terminal, by an administrator: what a test compares a screen with. */
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { openExec } from '../../sandbox-server/driver/kubernetes/exec.ts';
import { SHELL_CONTAINER, SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { shellPodOf } from './place-names.ts';

/** The learner waits for a pod in some commands. */
const COMMAND_LIMIT_MS = 120_000;
/** Of one message, as the kubelet's own are. */
const PIECE_BYTES = 32 * 1024;

/** Runs a line, which reads `input`, in a login shell beside the learner's namespace; throws with what it printed when it fails. */
export async function runInShell(
  kubeconfig: string,
  namespace: string,
  line: string,
  input: Uint8Array = new Uint8Array(),
): Promise<string> {
  const target = { namespace: SHELL_NAMESPACE, pod: shellPodOf(namespace), container: SHELL_CONTAINER };
  const { output, status } = await execLine(kubeconfig, { ...target, line, input });
  if (status !== 0) throw new Error(`"${line}" ended with ${status}: ${output}`);
  return output;
}

export interface ContainerPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Runs a line in the bash of any container; gives what it printed, also when it fails. */
export async function runInContainer(kubeconfig: string, place: ContainerPlace, line: string): Promise<string> {
  return (await execLine(kubeconfig, { ...place, line, input: new Uint8Array() })).output;
}

interface ExecutedLine extends ContainerPlace {
  readonly line: string;
  readonly input: Uint8Array;
}

async function execLine(
  kubeconfig: string,
  { line, input, ...place }: ExecutedLine,
): Promise<{ output: string; status: number | null }> {
  const request = { ...place, command: ['/bin/bash', '-lc', `{ ${line}\n} 2>&1`] };
  using exec = await openExec(
    createCredentialSource(kubeconfig, Date.now),
    { ...request, hasTerminal: false },
    AbortSignal.timeout(COMMAND_LIMIT_MS),
  );
  for (let at = 0; at < input.length; at += PIECE_BYTES) await exec.write(input.subarray(at, at + PIECE_BYTES));
  exec.endInput();
  const output = await textOf(exec.output);
  return { output, status: await exec.exited };
}

async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
