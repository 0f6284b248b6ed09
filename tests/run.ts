/**
 * `npm test`: everything, end to end, on what a user gets: the site, the server and the cluster that `npm start` makes.
 * `npm test -- unit browser` runs only the named suites. Ends with "N passed, N failed".
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildEverything } from './support/build-everything.ts';
import { startPodium, type RunningPodium } from './support/podium.ts';
import {
  addOutcomes,
  describeFileTimes,
  type Outcome,
  runLabs,
  runNodeTests,
  runPlaywright,
  runProgram,
} from './support/programs.ts';

interface Suite {
  readonly name: string;
  /** Its share of the 90 minutes that a cold run may take on 2 cores. */
  readonly shareMinutes: number;
  readonly needsPodium: boolean;
  run(environment: NodeJS.ProcessEnv): Promise<Outcome>;
}

const root = join(import.meta.dirname, '..');

const suites: readonly Suite[] = [
  {
    name: 'check',
    shareMinutes: 3,
    needsPodium: false,
    async run(environment) {
      const outcome = { passed: 0, failed: 0, skipped: 0 };
      for (const script of ['format', 'lint', 'types', 'unused', 'labs:lint']) {
        const isGood = await runProgram('npm', ['run', '--silent', script], environment);
        outcome[isGood ? 'passed' : 'failed'] += 1;
      }
      return outcome;
    },
  },
  {
    name: 'unit',
    shareMinutes: 2,
    needsPodium: false,
    run: (environment) => runNodeTests('tests/unit/**/*.test.ts', environment),
  },
  {
    name: 'decks',
    shareMinutes: 5,
    needsPodium: false,
    async run(environment) {
      const isGood = await runProgram(process.execPath, ['tests/decks/diff.ts'], environment);
      return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1, skipped: 0 };
    },
  },
  {
    name: 'agent',
    shareMinutes: 3,
    needsPodium: false,
    run: (environment) => runNodeTests('tests/agent/**/*.test.ts', environment),
  },
  {
    name: 'server',
    shareMinutes: 3,
    needsPodium: false,
    run: (environment) => runNodeTests('tests/server/**/*.test.ts', environment),
  },
  {
    name: 'drivers',
    shareMinutes: 3,
    needsPodium: true,
    run: (environment) => runNodeTests('tests/drivers/**/*.test.ts', environment),
  },
  {
    name: 'cluster',
    shareMinutes: 7,
    needsPodium: true,
    async run(environment) {
      // One starts a cluster of its own, the other waits for its cluster to clean up: together they take as long as one.
      const embedded = await runNodeTests('tests/cluster/embedded-*.test.ts', environment, 2);
      return addOutcomes(embedded, await runNodeTests('tests/cluster/!(embedded-*|chaos).test.ts', environment));
    },
  },
  {
    name: 'labs',
    shareMinutes: 12,
    needsPodium: true,
    run: (environment) => runLabs([], environment),
  },
  {
    name: 'attacks-and-chaos',
    shareMinutes: 8,
    needsPodium: true,
    run: (environment) => runNodeTests('tests/cluster/{attacks/*,chaos}.test.ts', environment),
  },
  {
    name: 'browser',
    shareMinutes: 12,
    needsPodium: true,
    run: (environment) => runPlaywright('tests/browser/playwright.config.ts', environment),
  },
  {
    name: 'other-browsers',
    shareMinutes: 2,
    needsPodium: true,
    run: (environment) => runNodeTests('tests/browser/**/*.test.ts', environment),
  },
];

const BUILD_SHARE_MINUTES = 34;

function chosenSuites(names: readonly string[]): readonly Suite[] {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `podium: no suite is called ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}.\n`,
    );
    process.exit(2);
  }
  return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
}

function report(name: string, outcome: Outcome, startedAt: number, shareMinutes: number): void {
  const minutes = (performance.now() - startedAt) / 60_000;
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} SKIPPED` : '';
  process.stdout.write(
    `\nsuite ${name}: ${outcome.passed} passed, ${outcome.failed} failed${skipped}, ${minutes.toFixed(1)} of ${shareMinutes} minutes\n${describeFileTimes(outcome.files ?? [])}\n`,
  );
}

async function main(): Promise<number> {
  const chosen = chosenSuites(process.argv.slice(2));
  let total: Outcome = { passed: 0, failed: 0, skipped: 0 };
  const add = (name: string, outcome: Outcome, startedAt: number, shareMinutes: number) => {
    report(name, outcome, startedAt, shareMinutes);
    total = addOutcomes(total, outcome);
  };
  await rm(join(root, 'test-results'), { recursive: true, force: true });
  const begun = performance.now();
  add(
    'build',
    await buildEverything(
      root,
      chosen.some(({ needsPodium }) => needsPodium),
    ),
    begun,
    BUILD_SHARE_MINUTES,
  );

  let podium: RunningPodium | undefined;
  try {
    for (const suite of chosen) {
      if (suite.needsPodium && podium === undefined) {
        const beganAt = performance.now();
        podium = await startPodium(root);
        add('start', { passed: 1, failed: 0, skipped: 0 }, beganAt, 1);
      }
      const startedAt = performance.now();
      const outcome = await suite.run({ ...process.env, ...podium?.environment });
      add(suite.name, outcome, startedAt, suite.shareMinutes);
    }
  } finally {
    const stoppedAt = performance.now();
    const outcome = await podium?.stop();
    if (outcome) add('stop', outcome, stoppedAt, 1);
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.exitCode = await main();
