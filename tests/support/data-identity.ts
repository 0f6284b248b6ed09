/**
 * Tests run their own servers beside the one that `npm test` has started, before the same cluster. A server with other
 * data is refused there, and rightly; those of tests are given the identity of who holds it, as if they had its data.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../sandbox-server/clock.ts';
import { createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { awaitObject } from '../../sandbox-server/driver/kubernetes/await-object.ts';
import { createCredentialSource, loadCredentials } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { decodeLease } from '../../sandbox-server/driver/kubernetes/data-lease-object.ts';
import { LEASES_PATH } from '../../sandbox-server/driver/kubernetes/lease.ts';
import { DATA_LEASE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { IDENTITY } from '../../sandbox-server/open-data.ts';
import { createPostgresStore, openPostgres } from '../../sandbox-server/store/postgres-store.ts';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';

const LIMIT_MS = 60_000;

interface ServerPlace {
  /** Of the server's account, which may read the lease. */
  readonly kubeconfig: string;
  readonly dataDirectory: string;
  readonly databaseUrl: URL | undefined;
}

/** Before the server's first start. */
export async function adoptIdentity({ kubeconfig, dataDirectory, databaseUrl }: ServerPlace): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const identity = await readIdentity(kubeconfig, signal);
  if (databaseUrl) {
    const options = { url: databaseUrl, clock: systemClock, log: pino({ level: 'silent' }) };
    await using database = await openPostgres(options, signal);
    await createPostgresStore(database).keepOnce(IDENTITY, identity);
    return;
  }
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  await using store = await createSqliteStore(join(dataDirectory, 'podium.db'));
  await store.keepOnce(IDENTITY, identity);
}

/** That of the Podium that tests run beside, once it has taken the cluster. In other clusters all servers of tests have the same. */
async function readIdentity(kubeconfig: string, signal: AbortSignal): Promise<string> {
  if (!(await isBesidePodium(kubeconfig))) return 'tests';
  using api = createApiClient(createCredentialSource(kubeconfig, Date.now));
  const identityOf = (lease: unknown) => (lease === null ? undefined : decodeLease(lease).identity);
  return awaitObject(api, { collection: LEASES_PATH, name: DATA_LEASE }, identityOf, signal);
}

/** Whether both are of one cluster: one authority vouches for it, by whatever address it is reached. */
async function isBesidePodium(kubeconfig: string): Promise<boolean> {
  const { PODIUM_TEST_URL: podium, PODIUM_TEST_KUBECONFIG: administrators } = process.env;
  if (podium === undefined || administrators === undefined) return false;
  const [own, podiums] = await Promise.all([kubeconfig, administrators].map((path) => loadCredentials(path)));
  return own?.certificateAuthority === podiums?.certificateAuthority;
}
