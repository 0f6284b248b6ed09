/**
 * A Kubernetes without machines: etcd, API server, controllers and scheduler are the real programs of the embedded
 * cluster; nodes, and what kubelets would say of pods, are played by kwok. All of it listens on loopback only.
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates } from '../../../deploy/cluster/certificates.ts';
import { createKubeClient, type KubeClient, waitFor } from '../../../deploy/cluster/kube-client.ts';
import { loadKubeconfigParts, makeKubeconfig } from '../../../deploy/cluster/kubeconfig.ts';
import { admissionPlugins } from '../../../deploy/cluster/part-commands.ts';
import { ensureParts } from '../../../deploy/cluster/parts.ts';
import { cacheDirectory } from '../../../deploy/launch/directories.ts';
import { findFreePort } from '../peers/peer.ts';
import { buildKwok } from './kwok.ts';
import { startProgram } from './program.ts';

export interface ControlPlane extends AsyncDisposable {
  /** Where the API server answers, without a slash at the end. */
  readonly server: string;
  /** An administrator's. */
  readonly kubeconfig: string;
  /** Folder with the certificates that the API server shows and trusts. */
  readonly certificates: string;
}

/** They have no size; ten keep each below the number of pods that a scheduler is made for. */
const NODES = 10;
/** As kubelets do; without leases the controllers take a node, and its pods, for lost after 50 s. */
const LEASE_SECONDS = 40;
const READY_LIMIT_MS = 60_000;
/** For documentation (RFC 5737): the API server must name an address that is not loopback, and nobody asks it there. */
const ADVERTISED_ADDRESS = '192.0.2.1';
const SERVICE_RANGE = '10.96.0.0/16';
const POD_RANGE = '10.128.0.1/16';

/** Resolves when the nodes are ready; disposing it ends all programs and takes their folder away. */
export async function createControlPlane(): Promise<ControlPlane> {
  const cacheDir = cacheDirectory(process.env);
  const binaries = join(await ensureParts({ cacheDir }), 'bin');
  const kwok = await buildKwok(cacheDir);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'podium-simulated-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const certificates = join(folder, 'certificates');
  await ensureCertificates(certificates, {
    ...{ node: ADVERTISED_ADDRESS, nodePrefixLength: 24, podRange: POD_RANGE, serviceRange: SERVICE_RANGE },
    ...{ apiService: '10.96.0.1', dnsService: '10.96.0.10' },
  });
  const [etcdPort, peerPort, port] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const server = `https://127.0.0.1:${port}`;
  const kubeconfigOf = async (name: string) => {
    const path = join(folder, `${name}.kubeconfig`);
    await writeFile(path, makeKubeconfig(name, await loadKubeconfigParts(certificates, name, server)), { mode: 0o600 });
    return path;
  };
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const start = async (name: string, parameters: readonly string[], program = join(binaries, 'kube')) => {
    // The name of a link picks the program of Kubernetes.
    const link = join(programs, name);
    await symlink(program, link);
    stack.use(startProgram(link, parameters, join(folder, `${name}.log`)));
  };
  await start('etcd', makeEtcdFlags(join(folder, 'etcd'), etcdPort, peerPort), join(binaries, 'etcd'));
  await start('kube-apiserver', makeApiServerFlags(certificates, port, etcdPort));
  const kubeconfig = await kubeconfigOf('admin');
  const kube = createKubeClient(await loadKubeconfigParts(certificates, 'admin', server));
  stack.defer(() => kube.close());
  await become('the API server ready', () => kube.answers('/readyz'));
  const controllers = await kubeconfigOf('controller-manager');
  await start('kube-controller-manager', makeControllerFlags(certificates, controllers, await findFreePort()));
  await start('kube-scheduler', makeLeaderlessFlags(await kubeconfigOf('scheduler'), await findFreePort()));
  for (let number = 1; number <= NODES; number += 1) await makeNode(kube, `node${number}`);
  const kwokPort = await findFreePort();
  const kwokFlags = [
    ...['--manage-all-nodes=true', `--node-lease-duration-seconds=${LEASE_SECONDS}`],
    ...[`--cidr=${POD_RANGE}`, `--server-address=127.0.0.1:${kwokPort}`],
  ];
  const kwokStages = kwok.stages.map((file) => `--config=${file}`);
  await start('kwok', [`--kubeconfig=${kubeconfig}`, ...kwokFlags, ...kwokStages], kwok.program);
  await become('the nodes ready', () => areNodesReady(kube));
  const owned = stack.move();
  return { server, kubeconfig, certificates, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function become(what: string, ask: () => Promise<boolean>): Promise<void> {
  const makeError = () => new Error(`Waited ${READY_LIMIT_MS / 1000} s for ${what}.`);
  await waitFor(async () => (await ask()) || undefined, { limitMs: READY_LIMIT_MS, makeError });
}

async function makeNode(kube: KubeClient, name: string): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } } };
  const { status } = await kube.call('POST', '/api/v1/nodes', { type: 'application/json', text: JSON.stringify(node) });
  if (status >= 300) throw new Error(`The API server answered ${status} to a node.`);
}

interface NodeList {
  readonly items: readonly {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

async function areNodesReady(kube: KubeClient): Promise<boolean> {
  const list = await kube.get<NodeList>('/api/v1/nodes');
  const ready = list?.items.filter(({ status }) =>
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  );
  return ready?.length === NODES;
}

function makeEtcdFlags(folder: string, port: number, peerPort: number): string[] {
  const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  return [
    ...['--name=podium', `--data-dir=${folder}`, '--unsafe-no-fsync', '--log-level=warn'],
    ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
    ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
    `--initial-cluster=podium=${peerUrl}`,
  ];
}

function makeApiServerFlags(certificates: string, port: number, etcdPort: number): string[] {
  const pki = (file: string) => join(certificates, file);
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    ...['--bind-address=127.0.0.1', `--secure-port=${port}`, `--advertise-address=${ADVERTISED_ADDRESS}`],
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    ...['--authorization-mode=Node,RBAC', '--anonymous-auth=false', '--profiling=false'],
    `--enable-admission-plugins=${admissionPlugins.join(',')}`,
    ...[`--client-ca-file=${pki('ca.crt')}`, `--tls-cert-file=${pki('apiserver.crt')}`],
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('service-account.pub')}`,
    `--service-account-signing-key-file=${pki('service-account.key')}`,
  ];
}

function makeControllerFlags(certificates: string, kubeconfig: string, port: number): string[] {
  const pki = (file: string) => join(certificates, file);
  return [
    ...makeLeaderlessFlags(kubeconfig, port),
    ...['--use-service-account-credentials=true', `--service-account-private-key-file=${pki('service-account.key')}`],
    `--root-ca-file=${pki('ca.crt')}`,
    ...['--kube-api-qps=200', '--kube-api-burst=400'],
  ];
}

/** There is one of each, so nobody waits for a lease. */
function makeLeaderlessFlags(kubeconfig: string, port: number): string[] {
  const access = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
  return [
    ...access.map((flag) => `--${flag}=${kubeconfig}`),
    ...['--leader-elect=false', '--bind-address=127.0.0.1', `--secure-port=${port}`, '--profiling=false'],
  ];
}
