/** Runs test programs so that a human sees their output as it comes, and counts what passed and how long each file took. */
import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly files?: readonly FileTime[];
}

/** How long a file of tests took, with its fixtures. */
export interface FileTime {
  readonly file: string;
  readonly ms: number;
}

const root = join(import.meta.dirname, '..', '..');
const results = join(root, 'test-results');

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

/** Sandboxes in which labs are tried: half of the time they wait for pods to come and go. */
const LABS_AT_ONCE = '6';

/** The longest test takes half of it; one that waits for what never comes must not take the others' time too. */
const TEST_LIMIT_MS = 10 * 60_000;

/** `node --test` on the files of `pattern`, one file after the other unless told otherwise: they share the cluster and two cores. */
export async function runNodeTests(pattern: string, environment: NodeJS.ProcessEnv, filesAtOnce = 1): Promise<Outcome> {
  // Set inside a test of node:test, where it would make this run report to that one.
  const clean = { ...environment };
  delete clean['NODE_TEST_CONTEXT'];
  await mkdir(results, { recursive: true });
  const timesFile = join(results, 'file-times.jsonl');
  const reporters = [
    ['spec', 'stdout'],
    [join(import.meta.dirname, 'file-times-reporter.ts'), timesFile],
  ].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`]);
  const { code, output } = await runShown(
    process.execPath,
    ['--test', ...reporters, `--test-concurrency=${filesAtOnce}`, `--test-timeout=${TEST_LIMIT_MS}`, pattern],
    clean,
  );
  // A run that could not begin has written none.
  const times = await readFile(timesFile, 'utf8').catch(() => '');
  return { ...outcomeOfNodeTests(output, code), files: decodeFileTimes(times) };
}

export function addOutcomes(one: Outcome, other: Outcome): Outcome {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    files: [...(one.files ?? []), ...(other.files ?? [])],
  };
}

/** Reads what `file-times-reporter.ts` has written. */
function decodeFileTimes(lines: string): FileTime[] {
  const times = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FileTime);
  return times.map(({ file, ms }) => ({ file: relative(root, file), ms }));
}

/** The longest first; what takes less than a second is only counted. */
export function describeFileTimes(files: readonly FileTime[]): string {
  const isLong = ({ ms }: FileTime) => ms >= 1000;
  const long = files.filter(isLong).toSorted((a, b) => b.ms - a.ms);
  const lines = long.map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${file}\n`);
  const short = files.length - long.length;
  return `${lines.join('')}${short > 0 ? `            ${short} of less than a second\n` : ''}`;
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

/** A test for each lab that comes with Podium; `parameters` go to `podium lab verify`. */
export async function runLabs(parameters: readonly string[], environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const kubeconfig = environment['PODIUM_TEST_KUBECONFIG'];
  if (kubeconfig === undefined) {
    process.stdout.write('labs: no cluster here, so none is tried\n');
    return { passed: 0, failed: 0, skipped: 1 };
  }
  await mkdir(results, { recursive: true });
  const options = ['--kubeconfig', kubeconfig, '--parallel', LABS_AT_ONCE, '--junit', join(results, 'labs.xml')];
  const program = join(root, 'sandbox-server/cli/podium.ts');
  const { code, output } = await runShown(
    process.execPath,
    [program, 'lab', 'verify', ...options, ...parameters],
    environment,
  );
  const [, verified, all] = /^labs: (\d+) of (\d+) verified/mu.exec(output) ?? [];
  const outcome = { passed: Number(verified), failed: Number(all) - Number(verified), skipped: 0 };
  if (Number.isNaN(outcome.failed) || outcome.passed + outcome.failed === 0) return COULD_NOT_RUN;
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

interface PlaywrightSuite {
  readonly file: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly {
    readonly tests: readonly { readonly results: readonly { readonly duration: number }[] }[];
  }[];
}

interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[];
  readonly config: { readonly rootDir: string };
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
}

function durationOf({ suites = [], specs }: PlaywrightSuite): number {
  const own = specs.flatMap(({ tests }) => tests.flatMap(({ results: runs }) => runs.map(({ duration }) => duration)));
  return [...own, ...suites.map(durationOf)].reduce((sum, ms) => sum + ms, 0);
}

/** A flaky test counts as failed: what only passes the second time does not work. */
export async function runPlaywright(config: string, environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const reportFile = join(results, 'playwright.json');
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
  const files = report.suites.map((suite) => ({
    file: relative(root, join(report.config.rootDir, suite.file)),
    ms: durationOf(suite),
  }));
  return { passed: expected, failed: code !== 0 && failed === 0 ? 1 : failed, skipped, files };
}
