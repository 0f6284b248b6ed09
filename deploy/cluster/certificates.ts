/** The cluster's certificates, made by openssl anew for each start: two authorities and a key pair for each program. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Addresses } from './instance.ts';
import { nodeName } from './instance.ts';
import { runCommand } from './run-command.ts';

/** Longer than any instance lives: certificates are made anew by each `up`. */
const validityDays = 3650;

export type CertificateRequest = {
  file: string;
  authority: 'ca' | 'front-proxy-ca';
  subject: string;
  names?: string[];
};

/** What each program of the control plane is called, and by which names it is reached. */
export function makeCertificateRequests(addresses: Addresses): CertificateRequest[] {
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return [
    {
      file: 'apiserver',
      authority: 'ca',
      subject: '/CN=kube-apiserver',
      names: [
        ...service.map((name) => `DNS:${name}`),
        'DNS:localhost',
        'IP:127.0.0.1',
        `IP:${addresses.apiService}`,
        `IP:${addresses.node}`,
      ],
    },
    { file: 'kubelet-client', authority: 'ca', subject: '/O=system:masters/CN=kube-apiserver-kubelet-client' },
    {
      file: 'kubelet-server',
      authority: 'ca',
      subject: `/O=system:nodes/CN=system:node:${nodeName}`,
      names: [`DNS:${nodeName}`, `IP:${addresses.node}`, 'IP:127.0.0.1'],
    },
    { file: 'front-proxy', authority: 'front-proxy-ca', subject: '/CN=front-proxy-client' },
    { file: 'admin', authority: 'ca', subject: '/O=system:masters/CN=admin' },
    { file: 'controller-manager', authority: 'ca', subject: '/CN=system:kube-controller-manager' },
    { file: 'scheduler', authority: 'ca', subject: '/CN=system:kube-scheduler' },
    { file: 'node', authority: 'ca', subject: `/O=system:nodes/CN=system:node:${nodeName}` },
    { file: 'proxy', authority: 'ca', subject: '/CN=system:kube-proxy' },
  ];
}

/** Makes all certificates below `directory` unless a complete set is there already (a supervisor that came back keeps them). */
export async function ensureCertificates(directory: string, addresses: Addresses): Promise<void> {
  const completeMark = path.join(directory, 'complete');
  if (await exists(completeMark)) return;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const authorities = ['ca', 'front-proxy-ca'];
  await Promise.all([...authorities.map((name) => makeAuthority(directory, name)), makeServiceAccountKey(directory)]);
  await Promise.all(makeCertificateRequests(addresses).map((request) => makeCertificate(directory, request)));
  await writeFile(completeMark, '');
}

async function makeKey(directory: string, name: string): Promise<string> {
  const file = path.join(directory, `${name}.key`);
  await runCommand('openssl', ['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', file]);
  return file;
}

async function makeAuthority(directory: string, name: string): Promise<void> {
  const key = await makeKey(directory, name);
  const subject = `/CN=podium-${name}`;
  const certificate = path.join(directory, `${name}.crt`);
  await runCommand('openssl', [
    ...['req', '-x509', '-new', '-key', key, '-sha256', '-days', String(validityDays)],
    ...['-subj', subject, '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-out', certificate],
  ]);
}

async function makeCertificate(directory: string, request: CertificateRequest): Promise<void> {
  const base = path.join(directory, request.file);
  const key = await makeKey(directory, request.file);
  const names = request.names === undefined ? '' : `subjectAltName=${request.names.join(',')}\n`;
  await writeFile(
    `${base}.ext`,
    `keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n${names}`,
  );
  const signingRequest = await runCommand('openssl', ['req', '-new', '-key', key, '-subj', request.subject]);
  const authority = path.join(directory, request.authority);
  const serial = `0x${Buffer.from(request.file).toString('hex').slice(0, 30)}`;
  await runCommand(
    'openssl',
    [
      ...['x509', '-req', '-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-set_serial', serial],
      ...['-days', String(validityDays), '-sha256', '-extfile', `${base}.ext`, '-out', `${base}.crt`],
    ],
    { input: signingRequest },
  );
}

async function makeServiceAccountKey(directory: string): Promise<void> {
  const key = path.join(directory, 'service-account.key');
  await runCommand('openssl', ['genrsa', '-out', key, '2048']);
  await runCommand('openssl', ['rsa', '-in', key, '-pubout', '-out', path.join(directory, 'service-account.pub')]);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
