/**
 * `npm run bench`: measures everything that has a figure, on what `npm start` makes; `npm run bench -- NAME…` only the
 * named. Prints `figure: <name> <value> <unit> (limit <limit>)` and ends with 1 when one is beyond its limit.
 */
import { join } from 'node:path';
import { startPodium } from '../support/podium.ts';
import { measureChecks } from './checks.ts';
import { measureDeckPage } from './deck-page.ts';
import { measureEchoUnderLoad } from './echo-load.ts';
import { measureEcho } from './echo.ts';
import { measureEnd } from './end.ts';
import { type Figure, reportFigures } from './figures.ts';
import { measureFlood } from './flood.ts';
import { measureFollow } from './follow.ts';
import { measureIdleTerminals } from './idle-terminals.ts';
import { measureLabPage } from './lab-page.ts';
import { measureLighthouse } from './lighthouse.ts';
import { measureProgress } from './progress.ts';
import { measureResume } from './resume.ts';
import { measureRush } from './rush.ts';
import { measureSimulated } from './simulated-5000.ts';
import { measureStartCold } from './start-cold.ts';
import { measureStartUp } from './start-up.ts';
import { measureStartWarm } from './start-warm.ts';
import { measureStoreKill } from './store-kill.ts';
import { measureThroughput } from './throughput.ts';

interface LoneBench {
  readonly name: string;
  readonly measure: () => Promise<readonly Figure[]>;
}

export interface Bench {
  readonly name: string;
  readonly measure: (podium: PodiumUnderTest) => Promise<readonly Figure[]>;
}

export interface PodiumUnderTest {
  /** Where the site answers, without a slash at the end. */
  readonly origin: string;
  /** An administrator's, of the cluster that this Podium uses. */
  readonly kubeconfig: string;
}

const root = join(import.meta.dirname, '../..');

/** Measured on a quiet machine: before there is a Podium for the others. */
const loneBenches: readonly LoneBench[] = [
  { name: 'start-up', measure: measureStartUp },
  { name: 'simulated-5000', measure: measureSimulated },
  { name: 'progress', measure: measureProgress },
  { name: 'store-kill', measure: measureStoreKill },
  { name: 'follow', measure: measureFollow },
];

const benches: readonly Bench[] = [
  { name: 'start-cold', measure: measureStartCold },
  { name: 'start-warm', measure: measureStartWarm },
  { name: 'end', measure: measureEnd },
  { name: 'rush', measure: measureRush },
  { name: 'echo', measure: measureEcho },
  { name: 'echo', measure: measureEchoUnderLoad },
  { name: 'throughput', measure: measureThroughput },
  { name: 'flood', measure: measureFlood },
  { name: 'resume', measure: measureResume },
  { name: 'lab-page', measure: measureLabPage },
  { name: 'deck-page', measure: measureDeckPage },
  { name: 'lighthouse', measure: measureLighthouse },
  { name: 'checks', measure: measureChecks },
  { name: 'idle-terminals', measure: measureIdleTerminals },
];

function requireKnown(names: readonly string[]): void {
  const known = [...new Set([...loneBenches, ...benches].map(({ name }) => name))];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  process.stderr.write(`podium: no bench is called ${unknown.join(', ')}. There are: ${known.join(', ')}.\n`);
  process.exit(2);
}

/** Those that want sandboxes made ahead have a server of their own for it. */
const withoutPool = { ...process.env, PODIUM_POOL_FLOOR: '0' };

/** A Podium that runs already is used where the environment names one; it should have been started without a pool. */
async function withPodium(work: (podium: PodiumUnderTest) => Promise<boolean>): Promise<boolean> {
  const running =
    process.env['PODIUM_TEST_URL'] === undefined ? await startPodium(root, { environment: withoutPool }) : undefined;
  try {
    // Servers that a bench starts itself find by it whose cluster they are in.
    Object.assign(process.env, running?.environment);
    const { PODIUM_TEST_URL: url, PODIUM_TEST_KUBECONFIG: kubeconfig } = process.env;
    if (url === undefined || kubeconfig === undefined) {
      throw new Error('Figures are taken on a cluster, and this Podium has none: run as root on Linux.');
    }
    return await work({ origin: url.replace(/\/+$/, ''), kubeconfig });
  } finally {
    await running?.stop();
  }
}

const names = process.argv.slice(2);
requireKnown(names);
const isChosen = ({ name }: { readonly name: string }) => names.length === 0 || names.includes(name);
let isWithinLimits = true;
for (const { measure } of loneBenches.filter(isChosen)) {
  isWithinLimits = reportFigures(await measure()) && isWithinLimits;
}
const onPodium = benches.filter(isChosen);
if (onPodium.length > 0) {
  isWithinLimits =
    (await withPodium(async (podium) => {
      let isGood = true;
      for (const { measure } of onPodium) isGood = reportFigures(await measure(podium)) && isGood;
      return isGood;
    })) && isWithinLimits;
}
process.exit(isWithinLimits ? 0 : 1);
