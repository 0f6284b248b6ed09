/**
 * The janitor as a program: ends what is past its time in the cluster of PODIUM_KUBECONFIG, which is that of its own
 * account, until it is told to stop. It needs no server, and a server needs none of it to start a sandbox.
 */
import { homedir } from 'node:os';
import { systemClock } from './clock.ts';
import { loadConfig } from './config.ts';
import { createApiClient } from './driver/kubernetes/api-client.ts';
import { createCredentialSource } from './driver/kubernetes/credentials.ts';
import { createJanitor } from './driver/kubernetes/janitor.ts';
import { watchPlaces } from './driver/kubernetes/place-watch.ts';
import { createLog } from './telemetry/log.ts';

function readConfig() {
  const surroundings = { isRoot: process.getuid?.() === 0, home: homedir(), workingDirectory: process.cwd() };
  return loadConfig({ ...process.env, PODIUM_DRIVER: 'kubernetes' }, surroundings);
}

async function main(): Promise<number> {
  const result = readConfig();
  if (!result.ok) {
    process.stderr.write(`The janitor cannot start with these settings:\n- ${result.problems.join('\n- ')}\n`);
    return 1;
  }
  const { kubeconfig = '', logLevel } = result.config;
  const log = createLog(logLevel).child({ program: 'janitor' });
  const stopped = new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    process.once('disconnect', resolve);
  });
  using resources = new DisposableStack();
  const api = resources.use(createApiClient(createCredentialSource(kubeconfig, () => systemClock.now())));
  const watch = resources.use(watchPlaces(api, log));
  resources.use(createJanitor({ api, watch, clock: systemClock, log }));
  log.info('the janitor looks');
  await stopped;
  return 0;
}

// The launcher's channel, at whose end this one ends too, would keep it here for as long as the launcher lives.
process.exit(await main());
