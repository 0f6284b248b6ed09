/**
 * `npm run bench`: measures everything that has a figure, on what `npm start` makes; `npm run bench -- NAME…` only the
 * named. Prints `figure: <name> <value> <unit> (limit <limit>)` and ends with 1 when one is beyond its limit.
 */
import { join } from 'node:path';
import { startPodium } from '../support/podium.ts';
import { measureEchoUnderLoad } from './echo-load.ts';
import { measureEcho } from './echo.ts';
import { measureEnd } from './end.ts';
import { type Figure, reportFigures } from './figures.ts';
import { measureFlood } from './flood.ts';
import { measureIdleTerminals } from './idle-terminals.ts';
import { measureResume } from './resume.ts';
import { measureRush } from './rush.ts';
import { measureStartCold } from './start-cold.ts';
import { measureStartUp } from './start-up.ts';
import { measureStartWarm } from './start-warm.ts';
import { measureThroughput } from './throughput.ts';

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
const START_UP = 'start-up';

const benches: readonly Bench[] = [
  { name: START_UP, measure: measureStartUp },
  { name: 'start-cold', measure: measureStartCold },
  { name: 'start-warm', measure: measureStartWarm },
  { name: 'end', measure: measureEnd },
  { name: 'rush', measure: measureRush },
  { name: 'echo', measure: measureEcho },
  { name: 'echo', measure: measureEchoUnderLoad },
  { name: 'throughput', measure: measureThroughput },
  { name: 'flood', measure: measureFlood },
  { name: 'resume', measure: measureResume },
  { name: 'idle-terminals', measure: measureIdleTerminals },
];

function chosenBenches(names: readonly string[]): readonly Bench[] {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = [...new Set(benches.map(({ name }) => name))].join(', ');
    process.stderr.write(`podium: no bench is called ${unknown.join(', ')}. There are: ${known}.\n`);
    process.exit(2);
  }
  return names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name));
}

/** Those that want sandboxes made ahead have a server of their own for it. */
const withoutPool = { ...process.env, PODIUM_POOL_FLOOR: '0' };

/** A Podium that runs already is used where the environment names one; it should have been started without a pool. */
async function withPodium(work: (podium: PodiumUnderTest) => Promise<boolean>): Promise<boolean> {
  const running =
    process.env['PODIUM_TEST_URL'] === undefined ? await startPodium(root, { environment: withoutPool }) : undefined;
  try {
    const environment = running?.environment ?? process.env;
    const { PODIUM_TEST_URL: url, PODIUM_TEST_KUBECONFIG: kubeconfig } = environment;
    if (url === undefined || kubeconfig === undefined) {
      throw new Error('Figures are taken on a cluster, and this Podium has none: run as root on Linux.');
    }
    return await work({ origin: url.replace(/\/+$/, ''), kubeconfig });
  } finally {
    await running?.stop();
  }
}

const chosen = chosenBenches(process.argv.slice(2));
const onPodium = chosen.filter(({ name }) => name !== START_UP);
// A start is measured on a quiet machine: before there is a Podium for the others.
let isWithinLimits = onPodium.length === chosen.length || reportFigures(await measureStartUp());
if (onPodium.length > 0) {
  isWithinLimits =
    (await withPodium(async (podium) => {
      let isGood = true;
      for (const { measure } of onPodium) isGood = reportFigures(await measure(podium)) && isGood;
      return isGood;
    })) && isWithinLimits;
}
process.exit(isWithinLimits ? 0 : 1);
