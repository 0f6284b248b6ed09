/** `kubectl top` and autoscaling. Pure. */
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

export function makeMetricsManifests(): KubeObject[] {
  const labels = { 'k8s-app': 'metrics-server' };
  return [
    makeServiceAccount('metrics-server'),
    makeClusterRole('system:metrics-server', [
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
    ]),
    makeClusterRole(
      'system:aggregated-metrics-reader',
      [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
      { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
    ),
    makeClusterRoleBinding('system:metrics-server', 'system:metrics-server', 'metrics-server'),
    makeClusterRoleBinding('metrics-server:system:auth-delegator', 'system:auth-delegator', 'metrics-server'),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'metrics-server-auth-reader', namespace: systemNamespace },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'Role',
        name: 'extension-apiserver-authentication-reader',
      },
      subjects: [{ kind: 'ServiceAccount', name: 'metrics-server', namespace: systemNamespace }],
    },
    makeDeployment('metrics-server', labels, {
      serviceAccountName: 'metrics-server',
      containers: [
        {
          name: 'metrics-server',
          image: systemImages.metricsServer,
          imagePullPolicy: 'IfNotPresent',
          command: ['/metrics-server'],
          args: [
            '--cert-dir=/tmp',
            '--secure-port=10250',
            '--kubelet-preferred-address-types=InternalIP',
            '--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
            '--kubelet-request-timeout=10s',
            // It must be above the request's timeout; the default of a minute makes a learner wait.
            '--metric-resolution=15s',
          ],
          ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
          readinessProbe: {
            httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' },
            periodSeconds: 5,
          },
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '200Mi' } },
          securityContext: { ...confinedContainer, runAsNonRoot: true, runAsUser: 1000 },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }],
    }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'metrics-server', namespace: systemNamespace },
      spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
  ];
}

/** The metrics API. While it is registered and does not answer, no namespace can be deleted: it is there only while its server is. */
export function makeMetricsApi(): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      // Its certificate is self-signed and made anew with each pod, as in its own release manifests.
      insecureSkipTLSVerify: true,
      service: { name: 'metrics-server', namespace: systemNamespace },
    },
  };
}
