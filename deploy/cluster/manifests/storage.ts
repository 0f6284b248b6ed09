/** The default StorageClass and its provisioner. Pure. */
import type { InstancePaths } from '../instance.ts';
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

export const storageClassName = 'local-path';

/** The default StorageClass: a folder on the node for each claim, made and removed by a helper pod that runs `podium-node`. */
export function makeStorageManifests(paths: InstancePaths, nodeProgram: string): KubeObject[] {
  const name = 'local-path-provisioner';
  return [
    makeServiceAccount(name),
    makeClusterRole(name, [
      {
        apiGroups: [''],
        resources: ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'],
        verbs: ['get', 'list', 'watch'],
      },
      {
        apiGroups: [''],
        resources: ['persistentvolumes'],
        verbs: ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'],
      },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get', 'list', 'watch'] },
    ]),
    makeClusterRoleBinding(name, name, name),
    ...makeHelperPodRights(name),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'local-path-config', namespace: systemNamespace },
      data: makeProvisionerConfiguration(paths, nodeProgram),
    },
    makeDeployment(
      name,
      { app: name },
      {
        serviceAccountName: name,
        containers: [
          {
            name,
            image: systemImages.localPathProvisioner,
            imagePullPolicy: 'IfNotPresent',
            command: ['/local-path-provisioner'],
            args: ['start', '--config=/etc/config/config.json', `--service-account-name=${name}`],
            env: [{ name: 'POD_NAMESPACE', value: systemNamespace }],
            resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
            securityContext: { ...confinedContainer, runAsNonRoot: true, runAsUser: 1000 },
            volumeMounts: [{ name: 'configuration', mountPath: '/etc/config', readOnly: true }],
          },
        ],
        volumes: [{ name: 'configuration', configMap: { name: 'local-path-config' } }],
      },
    ),
    makeStorageClass(),
  ];
}

/** The provisioner may make pods only where its helpers run, not cluster-wide: a helper mounts a folder of the node. */
function makeHelperPodRights(name: string): KubeObject[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name, namespace: systemNamespace },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'patch', 'update'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name, namespace: systemNamespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: systemNamespace }],
    },
  ];
}

/** The storage provisioner's settings: where volumes are, and the pod that makes and clears their folders. */
function makeProvisionerConfiguration(paths: InstancePaths, nodeProgram: string): Record<string, string> {
  const program = '/podium-volume';
  const helperPod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'helper-pod' },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'helper-pod',
          image: systemImages.pause,
          imagePullPolicy: 'IfNotPresent',
          // The folder of all volumes is root's, as the rest of the instance is.
          securityContext: { runAsUser: 0 },
          volumeMounts: [{ name: 'program', mountPath: program, readOnly: true }],
        },
      ],
      volumes: [{ name: 'program', hostPath: { path: nodeProgram, type: 'File' } }],
    },
  };
  const settings = {
    nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [paths.volumes] }],
    setupCommand: program,
    teardownCommand: program,
  };
  return { 'config.json': JSON.stringify(settings), 'helperPod.yaml': JSON.stringify(helperPod) };
}

function makeStorageClass(): KubeObject {
  const metadata = {
    name: storageClassName,
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true', defaultVolumeType: 'local' },
  };
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata,
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  };
}
