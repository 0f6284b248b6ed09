/**
 * `npm run labs:verify`: tries the labs on what `npm start` makes; `npm run labs:verify -- first-steps` only those that
 * are named. Takes what `podium lab verify` takes. Ends with 1 when one of them is not as it says.
 */
import { join } from 'node:path';
import { startPodium } from './support/podium.ts';
import { runLabs } from './support/programs.ts';

const root = join(import.meta.dirname, '..');

/** A cluster with Podium installed is used where the environment names one. */
const podium = process.env['PODIUM_TEST_KUBECONFIG'] === undefined ? await startPodium(root) : undefined;
try {
  const { failed, passed } = await runLabs(process.argv.slice(2), { ...process.env, ...podium?.environment });
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} finally {
  await podium?.stop();
}
