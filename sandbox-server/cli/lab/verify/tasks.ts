/** What is to be tried of a lab, each in a sandbox of its own. What a task finds wrong is a list; it throws where it could not try. */
import type { CheckRun } from '../../../driver/driver.ts';
import { PodiumError } from '../../../errors.ts';
import type { Lab, Step } from '../../../labs/lab.ts';
import { runLabCheck } from '../../../session/run-lab-check.ts';
import type { Case } from '../load-cases.ts';
import { commandKind } from './command-kind.ts';
import { describeExpectation, describeRun, type Expectation, judgeRun, type Verdict } from './expectation.ts';
import { checkFile, solveFile, stepFile } from './lab-files.ts';
import { makeCommandScript, makeWriteScript } from './learner-scripts.ts';
import type { Failure, TaskKind } from './report.ts';
import type { LabSandbox } from './sandboxes.ts';
import { createWalker } from './walk.ts';

/** As the server allows it. */
const CHECK_LIMIT_MS = 10_000;
/** Solves and cases wait for pods, on a machine that others use too. */
const SCRIPT_LIMIT_MS = 180_000;
/** After a solve its check should pass at once; it reads the cluster a moment later than the script did. */
const SOLVED_LIMIT_MS = 10_000;
/** How long a case is given until its check says what it should: a pod may have to fail a few times first. */
const CASE_LIMIT_MS = 60_000;
/** Each question starts a kubectl, which costs what other tasks need: after the first it is asked less and less often. */
const FIRST_PAUSE_MS = 700;
const MAX_PAUSE_MS = 4000;
/** A cluster that is busy may leave a question without an answer; a check that never has one is broken. */
const BROKEN_LIMIT_MS = 5000;
/** What half a step may take; what waits for what is not there yet is cut off. */
const BLOCK_LIMIT_MS = 30_000;
const ENDLESS_BLOCK_LIMIT_MS = 3000;
const SHOWN_CHARACTERS = 2000;

export interface Task {
  readonly kind: TaskKind;
  readonly lab: Lab;
  readonly name: string;
  run(sandbox: LabSandbox, signal: AbortSignal): Promise<readonly Failure[]>;
}

/** The long ones first. */
export function planTasks(lab: Lab, cases: readonly Case[]): Task[] {
  return [
    { kind: 'walk', lab, name: '', run: (sandbox, signal) => walkLab(lab, sandbox, signal) },
    { kind: 'half-done', lab, name: '', run: (sandbox, signal) => solveHalfDone(lab, sandbox, signal) },
    { kind: 'solve', lab, name: '', run: (sandbox, signal) => solveTwice(lab, sandbox, signal) },
    ...cases.map((each): Task => ({
      kind: 'case',
      lab,
      name: `${each.check}: ${each.name}`,
      run: (sandbox, signal) => tryCase(lab, each, sandbox, signal),
    })),
  ];
}

async function solveTwice(lab: Lab, sandbox: LabSandbox, signal: AbortSignal): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const step of lab.steps) {
    const first = await solveStep(lab, step, sandbox, signal);
    const again = first.length > 0 ? [] : await solveStep(lab, step, sandbox, signal);
    failures.push(...first, ...again.map((each) => ({ ...each, message: `The second time: ${each.message}` })));
  }
  return failures;
}

async function solveHalfDone(lab: Lab, sandbox: LabSandbox, signal: AbortSignal): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const step of lab.steps) {
    const blocks = step.blocks.filter(({ isInHint }) => !isInHint);
    for (const block of blocks.slice(0, Math.ceil(blocks.length / 2))) {
      const isRun = block.kind === 'run';
      const source = isRun ? makeCommandScript(block.command) : makeWriteScript([block.file]);
      const isEndless = isRun && commandKind(block.command) !== 'ends';
      const timeLimitMs = isEndless ? ENDLESS_BLOCK_LIMIT_MS : BLOCK_LIMIT_MS;
      // What fails, or does not end, is part of many a lesson.
      await sandbox.driver
        .runAsLearner(sandbox.id, { name: block.id, source, timeLimitMs }, signal)
        .catch(() => signal.throwIfAborted());
    }
    const found = await solveStep(lab, step, sandbox, signal);
    failures.push(...found.map((each) => ({ ...each, message: `With half of the step done: ${each.message}` })));
  }
  return failures;
}

async function walkLab(lab: Lab, sandbox: LabSandbox, signal: AbortSignal): Promise<readonly Failure[]> {
  using walker = createWalker(lab, sandbox);
  const failures: Failure[] = [];
  for (const step of lab.steps) {
    failures.push(...(await walker.walk(step, signal)));
    // What the text leaves to the learner.
    failures.push(...(await solveStep(lab, step, sandbox, signal)));
  }
  return failures;
}

/** The solve of the step, then its checks. */
async function solveStep(lab: Lab, step: Step, sandbox: LabSandbox, signal: AbortSignal): Promise<readonly Failure[]> {
  if (step.solve !== undefined) {
    const failure = await runScript(sandbox, step.name, step.solve, signal);
    if (failure) return [{ file: solveFile(lab.slug, step), ...failure }];
  } else if (step.checks.length > 0) {
    const message = `Nothing does the step. Write ${solveFile(lab.slug, step)}.`;
    return [{ file: stepFile(lab.slug, step), message }];
  }
  const failures: Failure[] = [];
  for (const name of step.checks) {
    const check = { lab, name, sandbox, limitMs: SOLVED_LIMIT_MS };
    const verdict = await askUntil(check, { kind: 'done' }, signal);
    if (verdict.kind === 'met') continue;
    const message = `After the solve of its step it says: ${verdict.said}`;
    failures.push({ file: checkFile(lab.slug, name), message, detail: verdict.errors });
  }
  return failures;
}

async function tryCase(
  lab: Lab,
  { check, name, file, source, expectation }: Case,
  sandbox: LabSandbox,
  signal: AbortSignal,
): Promise<readonly Failure[]> {
  const failure = await runScript(sandbox, name, source, signal);
  if (failure) return [{ file, ...failure }];
  const verdict = await askUntil({ lab, name: check, sandbox, limitMs: CASE_LIMIT_MS }, expectation, signal);
  if (verdict.kind === 'met') return [];
  const message = `The check should say: ${describeExpectation(expectation)}. It says: ${verdict.said}`;
  return [{ file, line: 2, message, detail: verdict.errors }];
}

/** What is wrong where it does not end, or not with 0. */
async function runScript(
  { driver, id }: LabSandbox,
  name: string,
  source: string,
  signal: AbortSignal,
): Promise<Pick<Failure, 'message' | 'detail'> | undefined> {
  try {
    const script = { name, source, timeLimitMs: SCRIPT_LIMIT_MS };
    const { exitCode, output } = await driver.runAsLearner(id, script, signal);
    if (exitCode === 0) return undefined;
    return { message: `The script ended with ${exitCode}.`, detail: output.slice(-SHOWN_CHARACTERS) };
  } catch (error) {
    if (!(error instanceof PodiumError) || error.code !== 'script_timeout') throw error;
    return { message: `The script has not ended after ${SCRIPT_LIMIT_MS / 1000} seconds.` };
  }
}

interface AskedCheck {
  readonly lab: Lab;
  readonly name: string;
  readonly sandbox: LabSandbox;
  readonly limitMs: number;
}

async function askUntil(
  { lab, name, sandbox, limitMs }: AskedCheck,
  expectation: Expectation,
  signal: AbortSignal,
): Promise<Verdict & { readonly errors?: string }> {
  const begunAt = performance.now();
  const source = lab.checks.get(name) ?? '';
  const ask = (asked: string) =>
    runLabCheck(sandbox.driver, sandbox.id, { name, source: asked, timeLimitMs: CHECK_LIMIT_MS }, signal);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, MAX_PAUSE_MS)) {
    const run = await ask(source);
    const verdict = judgeMessage(lab, run, judgeRun(expectation, run));
    const patienceMs = run.exitCode > 1 ? BROKEN_LIMIT_MS : limitMs;
    if (verdict.kind !== 'other' || performance.now() - begunAt > patienceMs) {
      // What a check complains of is not its output; to whoever mends it, it is what matters.
      return run.exitCode > 1 ? { ...verdict, errors: (await ask(withErrors(source))).output } : verdict;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    signal.throwIfAborted();
  }
}

function withErrors(source: string): string {
  return source.replace('\n', '\nexec 2>&1\n');
}

/** The page has no words for a message that is not in `lab.yaml`. */
function judgeMessage(lab: Lab, run: CheckRun, verdict: Verdict): Verdict {
  if (run.exitCode !== 1) return verdict;
  const id = describeRun(run).split(' ')[0] ?? '';
  if (Object.hasOwn(lab.definition.messages, id)) return verdict;
  return { kind: 'wrong', said: `${describeRun(run)} (not a message of lab.yaml)` };
}
