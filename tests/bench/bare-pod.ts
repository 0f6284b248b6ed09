/** What one would do by hand: kubectl apply, wait, exec. */
import { spawn } from 'node:child_process';
import { spawn as spawnOnPty } from 'node-pty';
import { findKubectl } from './kubectl.ts';

const IMAGE = 'podium.dev/shell:1';
/** A pod of one container on a busy machine, with much room. */
const READY_LIMIT = '120s';

export interface BarePod {
  /** From the first kubectl to the shell's prompt. */
  readonly promptMs: number;
  end(): Promise<void>;
}

/** Makes namespace `name` with an account, a role, a quota, a policy and a pod, and a shell in that. */
export async function createBarePod(kubeconfig: string, name: string, prompt: RegExp): Promise<BarePod> {
  const kubectl = await findKubectl();
  const inCluster = ['--kubeconfig', kubeconfig];
  const begun = performance.now();
  await run(kubectl, [...inCluster, 'apply', '-f', '-'], JSON.stringify(makeList(name)));
  const ready = ['wait', '--for=condition=Ready', `--timeout=${READY_LIMIT}`, '-n', name, 'pod/bare'];
  await run(kubectl, [...inCluster, ...ready]);
  const pty = spawnOnPty(kubectl, [...inCluster, 'exec', '-it', '-n', name, 'bare', '--', '/bin/bash', '-l'], {
    env: process.env,
  });
  await new Promise<void>((resolve, reject) => {
    let text = '';
    pty.onData((data) => {
      text += data;
      if (prompt.test(text)) resolve();
    });
    pty.onExit(({ exitCode }) => reject(new Error(`kubectl exec ended with ${exitCode}: ${text}`)));
  });
  const promptMs = performance.now() - begun;
  return {
    promptMs,
    async end() {
      pty.kill();
      await run(kubectl, [...inCluster, 'delete', 'namespace', name, '--wait']);
    },
  };
}

function makeList(namespace: string) {
  const within = (name: string) => ({ name, namespace });
  const rbac = 'rbac.authorization.k8s.io';
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: within('bare') },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata: within('bare'),
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'create', 'delete'] }],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: within('bare'),
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'bare' },
        subjects: [{ kind: 'ServiceAccount', ...within('bare') }],
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: within('bare'),
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      },
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: within('bare'), spec: { hard: { configmaps: '20' } } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: within('bare'),
        spec: {
          serviceAccountName: 'bare',
          terminationGracePeriodSeconds: 1,
          containers: [
            { name: 'bare', image: IMAGE, imagePullPolicy: 'IfNotPresent', command: ['/bin/sleep', 'infinity'] },
          ],
        },
      },
    ],
  };
}

function run(program: string, parameters: readonly string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${parameters.slice(2).join(' ')} ended with ${code}`));
    });
    child.stdin.end(input);
  });
}
