/**
 * What an administrator does once for a cluster, and again for each new version: everything cluster-wide that
 * Podium needs, and the kubeconfig of the server's own account. The server itself never runs any of this.
 */
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { issueToken } from './account-token.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { readApiServers } from './api-server-address.ts';
import { applyManifest } from './apply.ts';
import { makeClusterObjects } from './cluster-objects.ts';
import { createCredentialSource } from './credentials.ts';
import { collectionPath, type Manifest, objectPath } from './manifest.ts';
import { JANITOR_ACCOUNT, MANAGED_BY, MANAGED_BY_LABEL, SERVER_ACCOUNT, SERVER_NAMESPACE } from './names.ts';
import { decode } from './observed.ts';

/** Since then MutatingAdmissionPolicy is v1, without which ordinary manifests are refused in a learner's namespace. */
const OLDEST_MINOR_VERSION = 36;

/** A day; whoever issues it renews it well before. */
const TOKEN_SECONDS = 86_400;

/** How an administrator reaches the cluster. */
export interface AdministratorAccess {
  readonly kubeconfigPath: string;
  /** Of that file; its current one where it is left out. */
  readonly context?: string | undefined;
  readonly signal: AbortSignal;
}

export interface InstallOptions extends AdministratorAccess {
  /** Every image that learners may use, written in full: `docker.io/library/nginx:latest`. */
  readonly imageNames: readonly string[];
  /** Under which all that learners start runs. */
  readonly runtimeClass?: string | undefined;
  /** Whether a pod on each node has the images brought there ahead. */
  readonly holdsImages?: boolean | undefined;
}

/** What would be applied, in that order, for this very cluster: its API server's addresses are in a policy. */
export async function listClusterObjects(options: InstallOptions): Promise<readonly Manifest[]> {
  using api = openCluster(options);
  return (await planInstallation(api, options)).flat();
}

/** Applies all cluster-wide objects; again and again with the same result. */
export async function installPodium(options: InstallOptions): Promise<void> {
  const { signal } = options;
  using api = openCluster(options);
  const steps = await planInstallation(api, options);
  for (const manifests of steps) {
    await Promise.all(manifests.map((manifest) => applyManifest(api, manifest, signal)));
  }
  await removeLeftovers(api, steps.flat(), signal);
}

function openCluster({ kubeconfigPath, context }: AdministratorAccess): ApiClient {
  return createApiClient(createCredentialSource(kubeconfigPath, Date.now, context));
}

async function planInstallation(api: ApiClient, { imageNames, runtimeClass, holdsImages, signal }: InstallOptions) {
  requireVersion(await api.call('GET', '/version', {}, signal));
  const { addresses: apiServers } = await readApiServers(api, signal);
  return makeClusterObjects({ imageNames, apiServers, runtimeClass, holdsImages });
}

/** Throws an Error that says which version is needed. */
export function requireVersion(answer: unknown): void {
  const { major, minor, gitVersion } = decode(version, answer);
  // Some distributions write "36+".
  if (Number(major) > 1 || (major === '1' && Number.parseInt(minor, 10) >= OLDEST_MINOR_VERSION)) return;
  throw new Error(`This cluster is Kubernetes ${gitVersion}. Podium needs 1.${OLDEST_MINOR_VERSION} or newer.`);
}

const version = z.object({ major: z.string(), minor: z.string(), gitVersion: z.string() });

/** What an earlier version made cluster-wide and this one no longer has; never a namespace. */
async function removeLeftovers(api: ApiClient, manifests: readonly Manifest[], signal: AbortSignal): Promise<void> {
  const clusterWide = manifests.filter(({ kind, metadata }) => kind !== 'Namespace' && !('namespace' in metadata));
  const wanted = new Set(clusterWide.map(objectPath));
  const query = { labelSelector: `${MANAGED_BY_LABEL}=${MANAGED_BY}` };
  const collections = [...new Set(clusterWide.map(collectionPath))];
  await Promise.all(
    collections.map(async (collection) => {
      const { items } = decode(objectList, await api.call('GET', collection, { query }, signal));
      const paths = items.map(({ metadata }) => `${collection}/${metadata.name}`);
      const leftovers = paths.filter((path) => !wanted.has(path));
      await Promise.all(leftovers.map((path) => api.call('DELETE', path, {}, signal)));
    }),
  );
}

const objectList = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Address and certificate are the administrator's, who issues the token too. */
export interface AccountKubeconfigOptions extends AdministratorAccess {
  readonly path: string;
  readonly account: 'server' | 'janitor';
  /** Whom the file belongs to; only root may give it to another than itself. */
  readonly uid: number;
}

const accountNames = { server: SERVER_ACCOUNT, janitor: JANITOR_ACCOUNT } as const;

/** Issues a token of one of Podium's accounts, valid for a day, and writes it as a kubeconfig that only `uid` may read. */
export async function writeAccountKubeconfig({
  kubeconfigPath,
  context,
  account,
  path,
  uid,
  signal,
}: AccountKubeconfigOptions): Promise<void> {
  const source = createCredentialSource(kubeconfigPath, Date.now, context);
  using api = createApiClient(source);
  const user = accountNames[account];
  const token = await issueToken(api, { namespace: SERVER_NAMESPACE, account: user, seconds: TOKEN_SECONDS }, signal);
  const { server, certificateAuthority } = await source.get();
  await replaceFile(path, makeKubeconfig({ server, certificateAuthority, token, user }), uid);
}

function makeKubeconfig(parts: { server: string; certificateAuthority: string; token: string; user: string }): string {
  const authority = Buffer.from(parts.certificateAuthority).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'podium', cluster: { server: parts.server, 'certificate-authority-data': authority } }],
    users: [{ name: parts.user, user: { token: parts.token } }],
    contexts: [{ name: 'podium', context: { cluster: 'podium', user: parts.user, namespace: SERVER_NAMESPACE } }],
    'current-context': 'podium',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** At no moment is the file half written, or readable by anybody else. */
async function replaceFile(path: string, content: string, uid: number): Promise<void> {
  const temporary = `${path}.new`;
  await rm(temporary, { force: true });
  await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
  if (process.getuid?.() !== uid) await chown(temporary, uid, -1);
  await rename(temporary, path);
}
