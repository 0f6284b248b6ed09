/** Tries attacks on the Podium that the environment names; what `npm run attacks` runs when there is one. */
import { attackClasses } from './classes.ts';
import { playClasses } from './play.ts';
import { openTheatre } from './stage.ts';
import { describeResult, makeTable } from './table.ts';
import { playWithoutLayers } from './without-layers.ts';

const WITHOUT_LAYERS = '--without-layers';
const words = process.argv.slice(2);
const names = words.filter((word) => word !== WITHOUT_LAYERS);
const chosen = names.length === 0 ? attackClasses : attackClasses.filter(({ name }) => names.includes(name));

const { PODIUM_TEST_URL: url, PODIUM_TEST_KUBECONFIG: kubeconfig } = process.env;
if (url === undefined || kubeconfig === undefined) {
  throw new Error('Attacks are tried on a cluster, and this Podium has none: run as root on Linux.');
}
await using theatre = await openTheatre({ origin: url.replace(/\/+$/, ''), kubeconfig });
const say = (text: string) => process.stdout.write(`${text}\n`);
if (words.includes(WITHOUT_LAYERS)) {
  process.exitCode = (await playWithoutLayers(chosen, theatre.setStage, say)) ? 0 : 1;
} else {
  const results = await playClasses(chosen, theatre.setStage, (result) => say(describeResult(result)));
  process.stdout.write(makeTable(results));
  process.exitCode = results.length > 0 && results.every(({ outcome }) => outcome === 'stopped') ? 0 : 1;
}
