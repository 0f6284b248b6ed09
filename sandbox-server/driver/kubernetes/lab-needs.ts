/**
 * What a lab asks for beyond a namespace and a shell, added when a place is given to somebody: places of the pool are
 * made without knowing for which lab. Each step is harmless when it was done before.
 */
import type { V1NetworkPolicy, V1RoleBinding, V1ServiceAccount } from '@kubernetes/client-node';
import type { LabAccount, LabNeeds } from '../driver.ts';
import type { ApiClient } from './api-client.ts';
import { readApiServers } from './api-server-address.ts';
import { createIfAbsent, createWithFreshRight, deleteObject } from './create-object.ts';
import { makeBinding, makeLearnerNetwork, within } from './learner-objects.ts';
import { type Manifest, objectPath, type Written } from './manifest.ts';
import * as names from './names.ts';
import { type ApiServerAddress, apiServerPeer } from './network.ts';
import { makeOuterWall } from './outer-wall.ts';

export type Extras = Pick<LabNeeds, 'accounts' | 'network'>;

export function hasExtras({ accounts = [], network = 'default' }: Extras): boolean {
  return accounts.length > 0 || network === 'learner';
}

/** The account, and what it may do: in the learner's namespace alone. Pure. */
export function makeLabAccount(
  id: string,
  { name, role }: LabAccount,
): [Written<V1ServiceAccount> & Manifest, Written<V1RoleBinding> & Manifest] {
  const binding = makeBinding(id, names.accountRoles[role], names.learnerNamespace(id), name);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: within(id, name) },
    { ...binding, metadata: within(id, `account-${name}`) },
  ];
}

/** From all pods of the namespace: network policies know no accounts. Pure. */
export function makeApiServerDoor(
  id: string,
  apiServers: readonly ApiServerAddress[],
): Written<V1NetworkPolicy> & Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: within(id, 'podium-api-server'),
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: apiServers.map(apiServerPeer) },
  };
}

export interface NeedsOf {
  readonly api: ApiClient;
  readonly hasOuterWall: boolean;
}

/** Once the server may write in the place. The outer wall is opened only as far as the API servers. */
export async function giveLabNeeds(
  { api, hasOuterWall }: NeedsOf,
  id: string,
  { accounts = [], network = 'default' }: Extras,
  signal: AbortSignal,
): Promise<void> {
  const create = (manifest: Manifest) => createWithFreshRight(api, manifest, signal);
  if (accounts.length > 0) {
    const { addresses } = await readApiServers(api, signal);
    const wall = makeOuterWall(id, addresses);
    const door = { body: { spec: wall.spec }, contentType: 'application/merge-patch+json' };
    if (hasOuterWall) await api.call('PATCH', objectPath(wall), door, signal);
    if (network === 'default') await create(makeApiServerDoor(id, addresses));
    await Promise.all(accounts.flatMap((account) => makeLabAccount(id, account)).map(create));
  }
  if (network === 'learner') {
    // What it lets through a learner's own policy could not take away: policies only ever add.
    await deleteObject(api, makeLearnerNetwork(id), signal);
    const author = makeBinding(id, names.roles.networkAuthor, names.SHELL_NAMESPACE, names.shellName(id));
    await createIfAbsent(api, author, signal);
  }
}
