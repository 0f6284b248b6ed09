/** `podium lab verify`: every lab is a test. */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadLabs } from '../../labs/load-labs.ts';
import type { LabProblem } from '../../labs/lab.ts';
import { loadCases } from './load-cases.ts';
import type { LabInvocation } from './lab-options.ts';
import { makeJUnit } from './verify/junit.ts';
import { countLabs, describeSummary, describeTask, type TaskResult } from './verify/report.ts';
import { createSandboxes } from './verify/sandboxes.ts';
import { type LabToVerify, verifyLabs } from './verify/verify-labs.ts';

export interface VerifyDeps {
  readonly contentDirectory: string;
  /** Of the cluster that `npm start` runs on this machine. */
  readonly embeddedKubeconfig: string;
  readonly say: (line: string) => void;
}

/** Prints the report as it grows and returns the exit status: 0 when all labs are verified. */
export async function runVerifyCommand(
  { names, kubeconfig, parallel, junit }: LabInvocation,
  { contentDirectory, embeddedKubeconfig, say }: VerifyDeps,
  signal: AbortSignal,
): Promise<number> {
  const begunAt = performance.now();
  const chosen = await chooseLabs(contentDirectory, names);
  const kubeconfigPath = kubeconfig ?? embeddedKubeconfig;
  const isThere = await access(kubeconfigPath).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    process.stderr.write(
      `There is no kubeconfig at ${kubeconfigPath}. Run npm start, or say which with --kubeconfig.\n`,
    );
    return 2;
  }
  const results = [...chosen.broken];
  for (const result of results) say(describeTask(result));
  if (chosen.labs.length > 0) {
    await using sandboxes = await createSandboxes(kubeconfigPath, signal);
    const onResult = (result: TaskResult) => say(describeTask(result));
    results.push(...(await verifyLabs(chosen.labs, { sandboxes, parallel, onResult }, signal)));
  }
  if (junit !== undefined) await writeFile(junit, makeJUnit(results));
  say(describeSummary(results, performance.now() - begunAt));
  const { verified, all } = countLabs(results);
  return verified === all && all > 0 ? 0 : 1;
}

interface ChosenLabs {
  readonly labs: readonly LabToVerify[];
  /** Those that cannot be loaded have failed. */
  readonly broken: readonly TaskResult[];
}

async function chooseLabs(contentDirectory: string, names: readonly string[]): Promise<ChosenLabs> {
  const loaded = await loadLabs(contentDirectory);
  const isChosen = (name: string) => names.length === 0 || names.includes(name);
  const problems = [...loaded.problems];
  const labs: LabToVerify[] = [];
  for (const lab of [...loaded.labs.values()].filter(({ slug }) => isChosen(slug))) {
    const shown = `labs/${lab.slug}/checks`;
    const { cases, problems: found } = await loadCases(join(contentDirectory, shown), shown);
    if (found.length === 0) labs.push({ lab, cases });
    problems.push(...found);
  }
  const known = new Set([...loaded.labs.keys(), ...problems.map(labOf)]);
  const missing = names.filter((name) => !known.has(name));
  problems.push(...missing.map((name) => ({ file: `labs/${name}`, message: 'There is no such lab.' })));
  return { labs, broken: makeBroken(problems.filter((problem) => isChosen(labOf(problem)))) };
}

function makeBroken(problems: readonly LabProblem[]): TaskResult[] {
  const labs = [...new Set(problems.map(labOf))];
  return labs.map((lab) => {
    const failures = problems.filter((problem) => labOf(problem) === lab);
    return { lab, kind: 'load', name: '', ms: 0, failures };
  });
}

function labOf({ file }: LabProblem): string {
  return file.split('/')[1] ?? file;
}
