/** `podium install`: what an administrator puts into a cluster of their own, so that a server can work there. */
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { LAB_IMAGE_REFS } from '../../deploy/images/catalogue.ts';
import { ApiRefusal } from '../driver/kubernetes/api-client.ts';
import { loadCredentials } from '../driver/kubernetes/credentials.ts';
import { installPodium, listClusterObjects, writeAccountKubeconfig } from '../driver/kubernetes/install.ts';
import { PodiumError } from '../errors.ts';
import {
  INSTALL_USAGE,
  type InstallInvocation,
  type InstallSurroundings,
  parseInstallArguments,
} from './install-options.ts';

export interface InstallCommandDeps extends InstallSurroundings {
  readonly say: (line: string) => void;
}

/** Runs the command and returns the exit status. What goes wrong in the cluster is said, and is 1. */
export async function runInstallCommand(
  args: readonly string[],
  { say, ...surroundings }: InstallCommandDeps,
  signal: AbortSignal,
): Promise<number> {
  const parsed = parseInstallArguments(args, surroundings);
  if (!parsed.ok) {
    process.stderr.write(`${parsed.reason}\n\n${INSTALL_USAGE}\n`);
    return 2;
  }
  const { invocation } = parsed;
  try {
    // What is wrong with the file is said before anything is asked of the cluster.
    await loadCredentials(invocation.kubeconfigPath, invocation.context);
    if (invocation.mode === 'print') await print(invocation, say, signal);
    else await apply(invocation, say, signal);
    return 0;
  } catch (error) {
    if (signal.aborted) throw error;
    process.stderr.write(`${explain(error, invocation)}\n`);
    return 1;
  }
}

async function print(invocation: InstallInvocation, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const manifests = await listClusterObjects({ ...optionsOf(invocation), signal });
  for (const manifest of manifests) say(`---\n${stringify(manifest, { lineWidth: 0 }).trimEnd()}`);
}

async function apply(invocation: InstallInvocation, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const options = { ...optionsOf(invocation), signal };
  await installPodium(options);
  say(`What Podium needs is in "${invocation.context}".`);
  for (const [account, file, program] of [
    ['server', invocation.serverKubeconfig, 'PODIUM_DRIVER=kubernetes node sandbox-server/main.ts'],
    ['janitor', invocation.janitorKubeconfig, 'node sandbox-server/janitor.ts'],
  ] as const) {
    if (file === undefined) continue;
    const path = resolve(file);
    await writeAccountKubeconfig({ ...options, account, path, uid: process.getuid?.() ?? 0 });
    say(`The ${account}'s account for a day is in ${path}. Start it, when the images are there, with`);
    say(`  PODIUM_KUBECONFIG=${path} ${program}`);
  }
}

function optionsOf({ imageNames, ...invocation }: InstallInvocation) {
  const { kubeconfigPath, context, runtimeClass, holdsImages } = invocation;
  return { kubeconfigPath, context, imageNames: [...LAB_IMAGE_REFS, ...imageNames], runtimeClass, holdsImages };
}

function explain(error: unknown, { kubeconfigPath, context }: InstallInvocation): string {
  if (error instanceof ApiRefusal) return `The cluster of "${context}" has refused (${error.status}): ${error.message}`;
  if (error instanceof PodiumError) {
    return `The cluster of "${context}" does not answer: ${String(error.cause)}. Does kubectl --context ${context} reach it?`;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `There is no kubeconfig at ${kubeconfigPath}. Say which with --kubeconfig.`;
  return message;
}
