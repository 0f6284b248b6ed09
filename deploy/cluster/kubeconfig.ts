import { readFile } from 'node:fs/promises';
import path from 'node:path';

export type KubeconfigParts = { server: string; authority: string; certificate: string; key: string };

/** A kubeconfig with everything inside, so that it can be handed on as one file. Credentials are PEM texts. */
export function makeKubeconfig(name: string, parts: KubeconfigParts): string {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${parts.server}
    certificate-authority-data: ${encode(parts.authority)}
users:
- name: ${name}
  user:
    client-certificate-data: ${encode(parts.certificate)}
    client-key-data: ${encode(parts.key)}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}
current-context: ${name}
`;
}

/** Reads the key pair `file` and its authority below `certificates`, for use against `server`. */
export async function loadKubeconfigParts(
  certificates: string,
  file: string,
  server: string,
): Promise<KubeconfigParts> {
  const read = (name: string) => readFile(path.join(certificates, name), 'utf8');
  const [authority, certificate, key] = await Promise.all([read('ca.crt'), read(`${file}.crt`), read(`${file}.key`)]);
  return { server, authority, certificate, key };
}
