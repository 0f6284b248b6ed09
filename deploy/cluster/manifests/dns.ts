/** The cluster's DNS. Pure. */
import type { Addresses } from '../instance.ts';
import type { KubeObject } from '../kube-client.ts';
import {
  confinedContainer,
  makeClusterRole,
  makeClusterRoleBinding,
  makeDeployment,
  makeServiceAccount,
  systemNamespace,
} from './common.ts';
import { systemImages } from './images.ts';

/**
 * Names of the cluster are answered, all others refused at once: there is no upstream, and a lookup must never wait for one.
 * Two servers, since CoreDNS asks `template` before `kubernetes` whatever their order here.
 */
export const corefile = `cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        ttl 5
    }
    cache 5
    reload
}
.:53 {
    errors
    health {
        lameduck 1s
    }
    ready
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;

export function makeDnsManifests(addresses: Addresses): KubeObject[] {
  const labels = { 'k8s-app': 'kube-dns' };
  return [
    makeServiceAccount('coredns'),
    makeClusterRole('system:coredns', [
      { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ]),
    makeClusterRoleBinding('system:coredns', 'system:coredns', 'coredns'),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'coredns', namespace: systemNamespace },
      data: { Corefile: corefile },
    },
    makeDeployment('coredns', labels, {
      serviceAccountName: 'coredns',
      dnsPolicy: 'Default',
      containers: [
        {
          name: 'coredns',
          image: systemImages.coredns,
          imagePullPolicy: 'IfNotPresent',
          command: ['/coredns', '-conf', '/etc/coredns/Corefile'],
          ports: [
            { name: 'dns', containerPort: 53, protocol: 'UDP' },
            { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
          ],
          readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
          livenessProbe: { httpGet: { path: '/health', port: 8080 }, periodSeconds: 10, failureThreshold: 5 },
          resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '170Mi' } },
          securityContext: {
            ...confinedContainer,
            capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
          },
          volumeMounts: [{ name: 'configuration', mountPath: '/etc/coredns', readOnly: true }],
        },
      ],
      volumes: [{ name: 'configuration', configMap: { name: 'coredns' } }],
    }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: systemNamespace, labels } as KubeObject['metadata'],
      spec: {
        clusterIP: addresses.dnsService,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
  ];
}
