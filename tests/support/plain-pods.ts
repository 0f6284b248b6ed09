/** Namespaces and pods that an administrator makes with kubectl, without Podium: what a bare cluster is tested with. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterAccess } from './embedded-clusters.ts';

/** Has a shell and the network tools of BusyBox. */
export const PLAIN_IMAGE = 'podium.dev/tools:1';
const LIMIT_MS = 180_000;
const IDLE = ['sleep', '3600'];

export interface PlainPodWish {
  readonly namespace: string;
  readonly name: string;
  readonly command?: readonly string[];
  /** Claim whose volume is mounted at /data. */
  readonly claimName?: string;
}

export interface PlainPods {
  /** Resolves when pods may be made in all of them. */
  createNamespaces(...names: string[]): Promise<void>;
  /** Resolves when all are ready. */
  start(...wishes: PlainPodWish[]): Promise<void>;
  /** Runs a line in a pod; resolves with what it printed. */
  run(namespace: string, pod: string, line: string): Promise<string>;
}

export function createPlainPods({ apply, kubectl }: ClusterAccess): PlainPods {
  return {
    async createNamespaces(...names) {
      await apply(...names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
      const account = ['--for=create', 'serviceaccount/default', '--timeout=60s'];
      for (const name of names) await kubectl('-n', name, 'wait', ...account);
    },
    async start(...wishes) {
      await apply(...wishes.map(makePod));
      for (const { namespace, name } of wishes)
        await kubectl('-n', namespace, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=90s');
    },
    run: (namespace, pod, line) => kubectl('-n', namespace, 'exec', pod, '--', 'sh', '-c', line),
  };
}

function makePod({ namespace, name, command = IDLE, claimName }: PlainPodWish) {
  const container = { name: 'main', image: PLAIN_IMAGE, imagePullPolicy: 'Never', command };
  const volume = { name: 'data', persistentVolumeClaim: { claimName } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      hostUsers: false,
      containers: [{ ...container, ...(claimName && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }) }],
      ...(claimName && { volumes: [volume] }),
    },
  };
}

/** Asks again and again; `what` is said when it never was so. */
export async function waitUntil(isReached: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await isReached())) {
    assert.ok(Date.now() < deadline, what);
    await delay(500);
  }
}
