/** Runs test programs so that a human sees their output as it comes, and counts what passed. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const root = join(import.meta.dirname, '..', '..');

/** A run that could not even begin counts as one failure: it must never look like "nothing to do". */
const COULD_NOT_RUN: Outcome = { passed: 0, failed: 1, skipped: 0 };

interface Finished {
  readonly code: number | null;
  readonly output: string;
}

function runShown(program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      process.stdout.write(bytes);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

export async function runProgram(
  program: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<boolean> {
  return (await runShown(program, parameters, environment)).code === 0;
}

/** The longest test takes half of it; one that waits for what never comes must not take the others' time too. */
const TEST_LIMIT_MS = 10 * 60_000;

/** `node --test` on the files of `pattern`, one file after the other: they share the cluster and two cores. */
export async function runNodeTests(pattern: string, environment: NodeJS.ProcessEnv): Promise<Outcome> {
  // Set inside a test of node:test, where it would make this run report to that one.
  const clean = { ...environment };
  delete clean['NODE_TEST_CONTEXT'];
  const { code, output } = await runShown(
    process.execPath,
    ['--test', '--test-reporter=spec', '--test-concurrency=1', `--test-timeout=${TEST_LIMIT_MS}`, pattern],
    clean,
  );
  return outcomeOfNodeTests(output, code);
}

/** Reads the closing lines of node's spec reporter ("ℹ pass 12"). */
export function outcomeOfNodeTests(output: string, code: number | null): Outcome {
  const count = (word: string) => Number(new RegExp(`^. ${word} (\\d+)$`, 'mu').exec(output)?.[1] ?? NaN);
  const outcome = {
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
  };
  if (Number.isNaN(outcome.passed + outcome.failed + outcome.skipped)) return COULD_NOT_RUN;
  if (outcome.passed + outcome.failed + outcome.skipped === 0) return COULD_NOT_RUN;
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
}

/** A flaky test counts as failed: what only passes the second time does not work. */
export async function runPlaywright(config: string, environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const reportFile = join(root, 'test-results', 'playwright.json');
  const { code } = await runShown(
    join(root, 'node_modules', '.bin', 'playwright'),
    ['test', '--config', config, '--reporter=list,json'],
    { ...environment, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
  );
  const report = await readFile(reportFile, 'utf8').then(
    (text) => JSON.parse(text) as PlaywrightReport,
    () => undefined,
  );
  if (!report) return COULD_NOT_RUN;
  const { expected, unexpected, flaky, skipped } = report.stats;
  const failed = unexpected + flaky;
  if (expected + failed === 0) return COULD_NOT_RUN;
  return { passed: expected, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}
