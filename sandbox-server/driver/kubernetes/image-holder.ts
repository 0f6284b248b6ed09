/**
 * A pod on each node that takes shells, which has the images of labs brought there ahead of the first learner, from a
 * registry that the nodes know. It does nothing else. Pure.
 */
import type { V1DaemonSet } from '@kubernetes/client-node';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';

const NAME = 'podium-images';
/** `nobody`, in an image that knows no users. */
const HOLDER_UID = 65_534;
/** It has nothing to say goodbye to. */
const GRACE_SECONDS = 1;

/** The images are volumes that no container mounts: so any image will do, and the kubelet pulls it as it does a shell's. */
export function makeImageHolder(imageNames: readonly string[]): Written<V1DaemonSet> & Manifest {
  const labels = { 'app.kubernetes.io/name': NAME };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: names.SHELL_NAMESPACE, labels: { ...managedLabels, ...labels } },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          hostUsers: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: HOLDER_UID,
            runAsGroup: HOLDER_UID,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'hold',
              image: names.AGENT_IMAGE,
              imagePullPolicy: 'IfNotPresent',
              command: ['/shell-agent', 'hold'],
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
              },
              resources: { requests: { cpu: '1m', memory: '8Mi' }, limits: { cpu: '50m', memory: '32Mi' } },
            },
          ],
          volumes: imageNames.map((reference, index) => ({
            name: `image-${index}`,
            image: { reference, pullPolicy: 'IfNotPresent' },
          })),
        },
      },
    },
  };
}
