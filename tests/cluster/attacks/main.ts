/**
 * `npm run attacks`: tries all attacks on what `npm start` makes and prints the table; `npm run attacks -- network` only
 * those of a class, `-- --without-layers` shows that each layer is one. Ends with 1 when one got through.
 */
import { join } from 'node:path';
import { startPodium } from '../../support/podium.ts';
import { runProgram } from '../../support/programs.ts';

const root = join(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, 'try-attacks.ts');

/** A Podium that runs already is used where the environment names one. */
const podium = process.env['PODIUM_TEST_URL'] === undefined ? await startPodium(root) : undefined;
try {
  const environment = { ...process.env, ...podium?.environment };
  const isGood = await runProgram(process.execPath, [program, ...process.argv.slice(2)], environment);
  process.exitCode = isGood ? 0 : 1;
} finally {
  await podium?.stop();
}
