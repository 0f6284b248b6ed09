/** Writes what the node's programs read at their start. */
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureCertificates } from './certificates.ts';
import type { InstancePaths, InstanceSettings } from './instance.ts';
import { makeAddresses } from './instance.ts';
import { loadKubeconfigParts, makeKubeconfig } from './kubeconfig.ts';
import {
  makeCniConfiguration,
  makeContainerdConfiguration,
  makeKubeletConfiguration,
  makeProxyConfiguration,
} from './part-configuration.ts';
import { apiServerPortInside } from './part-commands.ts';

/** The multi-call binary answers to these names. */
const kubernetesPrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet'];
/** Cilium looks for its compiler by these names, Debian has them with the version in the name. */
const compilers = { clang: 'clang-19', llc: 'llc-19' };

export async function writeInstanceFiles(paths: InstancePaths, settings: InstanceSettings): Promise<void> {
  const addresses = makeAddresses(settings.number);
  const binaries = path.join(settings.partsDirectory, 'bin');
  const folders = [paths.configuration, paths.kubeconfigs, paths.cni, paths.programs, paths.volumes, paths.cilium];
  for (const folder of [...folders, paths.etcd, paths.kubelet]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await ensureCertificates(paths.certificates, addresses);
  const configuration: [string, string][] = [
    ['containerd.toml', makeContainerdConfiguration(paths, binaries)],
    ['kubelet.yaml', makeKubeletConfiguration(settings.name, paths, addresses)],
    ['kube-proxy.yaml', makeProxyConfiguration(paths, addresses)],
  ];
  for (const [name, text] of configuration) await writeFile(path.join(paths.configuration, name), text);
  const server = `https://${addresses.node}:${apiServerPortInside}`;
  for (const name of ['admin', 'controller-manager', 'scheduler', 'node', 'proxy']) {
    const text = makeKubeconfig(name, await loadKubeconfigParts(paths.certificates, name, server));
    await writeFile(path.join(paths.kubeconfigs, name), text, { mode: 0o600 });
  }
  for (const name of kubernetesPrograms) await link(path.join(binaries, 'kube'), path.join(paths.programs, name));
  for (const [name, program] of Object.entries(compilers)) {
    await link(path.join('/usr/bin', program), path.join(paths.programs, name));
  }
  // The agent writes next to its sources, and the parts folder is shared by all instances.
  await cp(path.join(settings.partsDirectory, 'cilium', 'bpf'), path.join(paths.cilium, 'bpf'), { recursive: true });
}

async function link(target: string, file: string): Promise<void> {
  await rm(file, { force: true });
  await symlink(target, file);
}

/** Cilium's CNI configuration, written when its agent answers: from then on the node counts as ready. */
export async function writeCniConfiguration(paths: InstancePaths): Promise<void> {
  await writeFile(path.join(paths.cni, '05-cilium.conflist'), makeCniConfiguration(paths));
}

/** The administrator's kubeconfig for use on the host, readable by root alone. */
export async function writeHostKubeconfig(paths: InstancePaths, name: string, port: number): Promise<void> {
  const parts = await loadKubeconfigParts(paths.certificates, 'admin', `https://127.0.0.1:${port}`);
  await writeFile(paths.kubeconfig, makeKubeconfig(`podium-${name}`, parts), { mode: 0o600 });
}

/** Port of the relay on the host's loopback, once it has one. */
export async function readPort(paths: InstancePaths): Promise<number | undefined> {
  const text = await readFile(paths.portFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}
