/** Attacks on the end: to leave something behind, or to keep the sandbox from going. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Attack, AttackClass } from './attack.ts';
import * as layers from './layers.ts';
import { createPlayer } from './player.ts';
import { countProcesses } from '../../support/node-access.ts';
import type { Stage } from './stage.ts';

const { policy, rbac } = layers;
const finalizers = policy('podium-finalizers');
const FINALIZER = 'attack.example/never';

/** Of a request, which may name another time than the pod's own; a pod that is asked this way waits for it. */
const farewells: readonly Attack[] = [
  {
    name: 'ask for a day’s grace for a pod that ignores its end',
    attempt: 'kubectl delete pod page --grace-period=$SECONDS --dry-run=server -o name',
    with: { SECONDS: '86400' },
    control: { SECONDS: '30' },
    proof: { prints: /^pod\/page/m },
    layers: [policy('podium-farewells')],
  },
  {
    name: 'have a pod evicted with a day’s grace',
    attempt: `echo "{\\"apiVersion\\":\\"policy/v1\\",\\"kind\\":\\"Eviction\\",\\"metadata\\":{\\"name\\":\\"page\\",\\"namespace\\":\\"$NAMESPACE\\"},\\"deleteOptions\\":{\\"gracePeriodSeconds\\":$SECONDS}}" > /tmp/eviction
kubectl create --raw "/api/v1/namespaces/$NAMESPACE/pods/page/eviction?dryRun=All" -f /tmp/eviction`,
    with: { SECONDS: '86400' },
    control: { SECONDS: '30' },
    proof: { prints: /"status": ?"Success"/ },
    layers: [policy('podium-farewells')],
  },
];

const stuckObject = `kubectl create -f - <<OBJECT
apiVersion: v1
kind: ConfigMap
metadata: { name: stuck-$NONCE, finalizers: $NAMES }
OBJECT`;
const leavesStuck: Attack['proof'] = { leaves: '/api/v1/namespaces/$NAMESPACE/configmaps/stuck-$NONCE' };
const unstick: Attack['undo'] = ({ admin, places }, { NONCE }) =>
  admin.patch(`/api/v1/namespaces/${places['NAMESPACE']}/configmaps/stuck-${NONCE}`, {
    metadata: { finalizers: null },
  });

const holding: readonly Attack[] = [
  {
    name: 'leave an object that never ends',
    attempt: stuckObject,
    with: { NAMES: `[${FINALIZER}]` },
    control: { NAMES: '[]' },
    proof: leavesStuck,
    layers: [finalizers],
    undo: unstick,
  },
  {
    name: 'leave an object with a finalizer that controllers take off other kinds',
    attempt: stuckObject,
    with: { NAMES: '[kubernetes.io/pvc-protection]' },
    control: { NAMES: '[]' },
    proof: leavesStuck,
    layers: [finalizers],
    undo: unstick,
  },
  {
    name: 'make an object that is there never end',
    attempt: `kubectl create configmap late-$NONCE >/dev/null; kubectl patch configmap late-$NONCE -p "{\\"metadata\\":{\\"$FIELD\\":$VALUE}}"`,
    with: { FIELD: 'finalizers', VALUE: `["${FINALIZER}"]` },
    control: { FIELD: 'labels', VALUE: '{"attack.example/never":"yes"}' },
    proof: {
      changes: '/api/v1/namespaces/$NAMESPACE/configmaps/late-$NONCE',
      isChanged: (object) => JSON.stringify(object).includes(FINALIZER),
    },
    layers: [finalizers],
    undo: ({ admin, places }, { NONCE }) =>
      admin.patch(`/api/v1/namespaces/${places['NAMESPACE']}/configmaps/late-${NONCE}`, {
        metadata: { finalizers: null },
      }),
  },
  {
    name: 'have a controller make pods that never end',
    attempt: `kubectl create deployment stuck-$NONCE --image=busybox >/dev/null; kubectl patch deployment stuck-$NONCE -p "{\\"spec\\":{\\"template\\":{\\"metadata\\":{\\"$FIELD\\":$VALUE}}}}"
timeout 60 sh -c 'until kubectl get deployment stuck-$NONCE -o json | grep "denied request" || kubectl get pods -l app=stuck-$NONCE -o json | grep "$MARK"; do sleep 0.3; done'
kubectl delete deployment stuck-$NONCE --wait=false >/dev/null`,
    with: { FIELD: 'finalizers', VALUE: `["${FINALIZER}"]`, MARK: FINALIZER },
    control: { FIELD: 'labels', VALUE: '{"attack.example/never":"yes"}' },
    proof: { prints: /^ +"attack\.example\/never"/m },
    layers: [finalizers],
    undo: ({ attacker, places }) =>
      attacker.play(
        `for pod in $(kubectl get pods -o name); do kubectl patch $pod -p '{"metadata":{"finalizers":null}}'; done`,
        places,
      ),
  },
  {
    name: 'run a pod that takes an hour to end',
    attempt: `kubectl run slow --image=busybox --overrides="{\\"spec\\":{\\"terminationGracePeriodSeconds\\":$SECONDS}}"`,
    with: { SECONDS: '3600' },
    control: { SECONDS: '30' },
    proof: { leaves: '/api/v1/namespaces/$NAMESPACE/pods/slow' },
    layers: [policy('podium-pods')],
  },
  {
    name: 'put off their end',
    attempt: 'kubectl annotate $WHAT podium.dev/expires-at=2099-01-01T00:00:00Z --overwrite --dry-run=server -o name',
    with: { WHAT: 'namespace $NAMESPACE' },
    control: { WHAT: 'configmap kube-root-ca.crt' },
    proof: { prints: /^(?:namespace|configmap)\//m },
    layers: [rbac],
  },
  {
    name: 'be forgotten by the server',
    attempt: 'kubectl label $WHAT podium.dev/sandbox- podium.dev/claim- --dry-run=server -o name',
    with: { WHAT: 'namespace $NAMESPACE' },
    control: { WHAT: 'configmap kube-root-ca.crt' },
    proof: { prints: /^(?:namespace|configmap)\//m },
    layers: [rbac],
  },
  {
    name: 'move a pod where nobody looks',
    attempt: 'kubectl -n $TARGET run survivor --image=busybox --dry-run=server -o name',
    with: { TARGET: 'default' },
    control: { TARGET: '$NAMESPACE' },
    proof: { prints: /^pod\/survivor/m },
    layers: [rbac],
  },
  {
    name: 'make a volume that outlives their namespace',
    attempt: `kubectl create --dry-run=server -o name -f - <<VOLUME
apiVersion: v1
kind: PersistentVolume
metadata: { name: kept-$NONCE }
spec:
  capacity: { storage: 1Mi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  hostPath: { path: /tmp }
VOLUME`,
    proof: { prints: /^persistentvolume/m },
    layers: [rbac],
  },
];

/** After which the server itself gives up. */
const END_LIMIT_MS = 90_000;

/** In a sandbox of its own: what a script has left there is looked for after the end. */
function afterEnd(
  trap: string,
  findLeft: (stage: Stage, namespace: string) => Promise<string | undefined>,
): Attack['attempt'] {
  return async (stage) => {
    await using ghost = await createPlayer(stage.origin);
    const { namespace, browser, sandboxId } = ghost;
    const said = await ghost.play(`${trap}\necho the-trap-is-set`, { NAMESPACE: namespace });
    if (!said.includes('the-trap-is-set')) throw new Error(`The trap could not be set: ${said}`);
    const beganAt = performance.now();
    const isEnded = await Promise.race([
      browser.end(sandboxId).then(() => true),
      delay(END_LIMIT_MS, false, { ref: false }),
    ]);
    if (!isEnded) return 'something is left: the namespace';
    const left = await findLeft(stage, namespace);
    return left === undefined
      ? `gone after ${Math.round(performance.now() - beganAt)} ms`
      : `something is left: ${left}`;
  };
}

const nothing = () => Promise.resolve(undefined);
const isLeft: Attack['proof'] = { prints: /something is left/ };

/** Until the provisioner has removed it, a volume is still there for a moment. */
const VOLUME_LIMIT_MS = 30_000;
const ASK_AGAIN_MS = 200;

async function findVolume({ admin }: Stage, namespace: string): Promise<string | undefined> {
  const deadline = performance.now() + VOLUME_LIMIT_MS;
  for (;;) {
    const { items } = (await admin.read('/api/v1/persistentvolumes')) as {
      items: { metadata: { name: string }; spec: { claimRef?: { namespace: string } } }[];
    };
    const volume = items.find(({ spec }) => spec.claimRef?.namespace === namespace);
    if (volume === undefined || performance.now() > deadline) return volume?.metadata.name;
    await delay(ASK_AGAIN_MS);
  }
}

const stubborn = `kubectl run stubborn --image=busybox --overrides='{"spec":{"terminationGracePeriodSeconds":60}}' --command -- sh -c 'trap "" TERM; while :; do sleep 1; done'
kubectl wait --for=condition=Ready --timeout=110s pod/stubborn || exit`;

const PROCESS = 'attack-survivor';

const leaving: readonly Attack[] = [
  {
    name: 'forbid the eviction of a pod',
    attempt: afterEnd(
      `${stubborn}; kubectl create pdb never --selector=run=stubborn --min-available=100% || exit`,
      nothing,
    ),
    proof: isLeft,
    layers: [layers.shortEnd],
  },
  {
    name: 'have an object wait for its dependents for ever',
    attempt: afterEnd(
      `kubectl create configmap owner || exit
uid=$(kubectl get configmap owner -o jsonpath={.metadata.uid})
for i in 1 2; do kubectl create -f - <<DEPENDENT || exit
apiVersion: v1
kind: ConfigMap
metadata: { name: dependent-$i, ownerReferences: [{ apiVersion: v1, kind: ConfigMap, name: owner, uid: $uid, blockOwnerDeletion: true }] }
DEPENDENT
done
kubectl patch configmap owner -p "{\\"metadata\\":{\\"ownerReferences\\":[{\\"apiVersion\\":\\"v1\\",\\"kind\\":\\"ConfigMap\\",\\"name\\":\\"dependent-1\\",\\"uid\\":\\"$(kubectl get configmap dependent-1 -o jsonpath={.metadata.uid})\\",\\"blockOwnerDeletion\\":true}]}}" || exit
kubectl delete configmap owner --cascade=foreground --wait=false || exit`,
      nothing,
    ),
    proof: isLeft,
    layers: [layers.namespaceEnd],
  },
  {
    name: 'leave a volume behind',
    attempt: afterEnd(
      `kubectl create -f - <<ALL || exit
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: kept }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Mi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: keeper }
spec:
  containers: [{ name: keeper, image: busybox, command: [sleep, "3600"], volumeMounts: [{ name: kept, mountPath: /kept }] }]
  volumes: [{ name: kept, persistentVolumeClaim: { claimName: kept } }]
ALL
kubectl wait --for=condition=Ready --timeout=110s pod/keeper || exit`,
      findVolume,
    ),
    proof: isLeft,
    layers: [layers.namespaceEnd],
  },
  {
    name: 'leave a process behind that no terminal holds',
    attempt: afterEnd(
      `(trap '' HUP TERM INT; setsid nohup bash -c 'exec -a ${PROCESS} sleep 3600' >/dev/null 2>&1 &)`,
      async () => {
        const count = await countProcesses(PROCESS);
        return count === 0 ? undefined : `${count} processes`;
      },
    ),
    proof: isLeft,
    layers: [layers.podEnd],
  },
];

export const stayingAlive: AttackClass = {
  name: 'staying alive',
  attacks: [...farewells, ...holding, ...leaving],
  atOnce: 3,
};
