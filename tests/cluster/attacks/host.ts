/** Attacks on the machine below: by pods that share something with it, and out of the shell's own container. */
import type { Attack, AttackClass } from './attack.ts';
import * as layers from './layers.ts';

const { podSecurity, rbac } = layers;

/** What `kubectl run` takes for the whole pod, or for its container. */
const run = 'kubectl run bad --image=$IMAGE --overrides="$SPEC" $MORE';
const plain = { IMAGE: 'nginx', SPEC: '{}', MORE: '' };
const leavesPod: Attack['proof'] = { leaves: '/api/v1/namespaces/$NAMESPACE/pods/bad' };

function pod(name: string, changes: Partial<typeof plain>, stoppedBy: Attack['layers'] = [podSecurity]): Attack {
  return { name, attempt: run, with: { ...plain, ...changes }, control: plain, proof: leavesPod, layers: stoppedBy };
}

const ofPod = (spec: object) => ({ SPEC: JSON.stringify({ spec }) });
const ofContainer = (settings: object) => ofPod({ containers: [{ name: 'bad', image: 'nginx', ...settings }] });

const pods: readonly Attack[] = [
  pod('run a privileged pod', { MORE: '--privileged' }),
  pod('mount the node’s files', ofPod({ volumes: [{ name: 'node', hostPath: { path: '/' } }] })),
  pod('share the node’s network', ofPod({ hostNetwork: true })),
  pod('share the node’s processes', ofPod({ hostPID: true })),
  pod('share the node’s shared memory', ofPod({ hostIPC: true })),
  pod('take a port of the node', ofContainer({ ports: [{ containerPort: 80, hostPort: 80 }] })),
  pod('add a capability', ofContainer({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })),
  pod('gain privileges in a pod', ofContainer({ securityContext: { allowPrivilegeEscalation: true } })),
  pod('be root among the node’s users', ofPod({ hostUsers: true, securityContext: { runAsUser: 0 } })),
  pod('call the kernel without a filter', ofPod({ securityContext: { seccompProfile: { type: 'Unconfined' } } })),
  pod(
    'see all of /proc',
    ofPod({
      hostUsers: false,
      containers: [{ name: 'bad', image: 'nginx', securityContext: { procMount: 'Unmasked' } }],
    }),
  ),
  pod(
    'mount a disk of their own making',
    ofPod({
      volumes: [{ name: 'disk', iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2026-01.example:disk', lun: 0 } }],
    }),
  ),
  pod('run an image of their own', { IMAGE: 'example.com/miner:1' }, [layers.policy('podium-pods')]),
  pod(
    'mount an image of their own as a volume',
    ofPod({ volumes: [{ name: 'own', image: { reference: 'example.com/miner:1' } }] }),
    [layers.policy('podium-pods')],
  ),
  pod('push others from the node', ofPod({ priorityClassName: 'system-node-critical' }), [
    layers.policy('podium-pods'),
  ]),
];

const doors: readonly Attack[] = [
  {
    name: 'enter the node by kubectl debug',
    attempt: `kubectl debug node/$NODE_NAME --image=busybox -- sleep 60; kubectl get pods -o name | grep node-debugger && kubectl delete $(kubectl get pods -o name | grep node-debugger) --now`,
    proof: { prints: /^pod\/node-debugger/m },
    layers: [podSecurity],
  },
  {
    name: 'add a privileged container to a pod that runs',
    attempt: `kubectl debug page --image=busybox --container=d$NONCE --profile=sysadmin -- sleep 60`,
    proof: {
      changes: '/api/v1/namespaces/$NAMESPACE/pods/page',
      isChanged: (object, { NONCE }) => JSON.stringify(object).includes(`"name":"d${NONCE}"`),
    },
    layers: [rbac, podSecurity],
  },
  {
    name: 'make a volume of the node’s files',
    attempt: `kubectl create -f - <<VOLUME
apiVersion: v1
kind: PersistentVolume
metadata: { name: crafted }
spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: / } }
VOLUME`,
    proof: { leaves: '/api/v1/persistentvolumes/crafted' },
    layers: [rbac],
  },
  {
    name: 'open a port on every node by a Service',
    attempt: 'kubectl create service $TYPE door --tcp=80',
    with: { TYPE: 'nodeport' },
    control: { TYPE: 'clusterip' },
    proof: { leaves: '/api/v1/namespaces/$NAMESPACE/services/door' },
    layers: [layers.policy('podium-services'), layers.quota],
  },
  {
    name: 'take the traffic of another address by a Service',
    attempt: `kubectl create -f - <<SERVICE
apiVersion: v1
kind: Service
metadata: { name: taker }
spec: { ports: [{ port: 443 }], externalIPs: $ADDRESSES }
SERVICE`,
    with: { ADDRESSES: '["$NODE"]' },
    control: { ADDRESSES: '[]' },
    proof: { leaves: '/api/v1/namespaces/$NAMESPACE/services/taker' },
    layers: [layers.policy('podium-services')],
  },
];

/** No control: what a learner may do nowhere. A privileged pod shows that the script does what it says. */
const container: readonly Attack[] = [
  {
    name: 'mount something in the shell',
    attempt: 'mkdir -p ~/mounted; mount -t tmpfs none ~/mounted && echo it-is-mounted && umount ~/mounted',
    proof: { prints: /it-is-mounted/ },
    layers: [layers.capabilities],
  },
  {
    name: 'be root in users of their own',
    attempt: 'unshare --user --map-root-user id -u',
    proof: { prints: /^0$/m },
    layers: [layers.seccomp],
  },
  {
    name: 'make a device that is the node’s disk',
    attempt: 'rm -f ~/disk; mknod ~/disk b 8 0 && test -b ~/disk && echo it-is-a-disk',
    proof: { prints: /it-is-a-disk/ },
    layers: [layers.capabilities],
  },
  {
    name: 'find the socket of the container runtime',
    attempt:
      'for s in /run /var/run /host/run; do test -S $s/containerd/containerd.sock && echo it-is-there; done; echo nothing there',
    proof: { prints: /it-is-there/ },
    layers: [layers.ownMounts],
  },
  {
    name: 'read the files of the node through a process of it',
    attempt: 'ls -d /proc/[0-9]*/root/var/lib/podium/clusters 2>/dev/null | head -1; echo nothing there',
    proof: { prints: /^\/proc\/\d+\/root\/var/m },
    layers: [layers.ownMounts],
  },
  {
    name: 'change a program of the shell’s image',
    attempt: 'cp /bin/true /usr/local/bin/intruder && echo it-is-planted; rm -f /usr/local/bin/intruder',
    proof: { prints: /it-is-planted/ },
    layers: [layers.readOnlyRoot],
  },
];

export const theHost: AttackClass = { name: 'the host', attacks: [...pods, ...doors, ...container] };
