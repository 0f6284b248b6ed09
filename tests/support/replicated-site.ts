import { createPostgres, skippedWithoutPostgres } from './postgres.ts';
import { skippedWithoutCluster } from './cluster.ts';
import { createTerminalSite, type TerminalSite } from './terminal-site.ts';

export const skippedWithoutReplicas = skippedWithoutCluster || skippedWithoutPostgres;

/** A site that can have several servers, because they share a database. `environment` is for all of them. */
export async function createReplicatedSite(environment: Readonly<Record<string, string>> = {}): Promise<TerminalSite> {
  await using resources = new AsyncDisposableStack();
  const postgres = resources.use(await createPostgres());
  const site = resources.use(await createTerminalSite({ databaseUrl: await postgres.createDatabase(), environment }));
  const owned = resources.move();
  return { ...site, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
