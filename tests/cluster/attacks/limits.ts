/** Attacks on limits: to lift them, to ask for more, and to use up what is everybody's. */
import type { Attack, AttackClass, Values } from './attack.ts';
import * as layers from './layers.ts';

const { limitRange, quota, rbac } = layers;
const LIMITS = '/api/v1/namespaces/$NAMESPACE/resourcequotas/limits';

function mebibytes(count: number): string {
  return String(count * 1024 * 1024);
}

const lifting: readonly Attack[] = [
  {
    name: 'raise their quota',
    attempt: `kubectl patch resourcequota limits -p '{"spec":{"hard":{"pods":"1000"}}}'`,
    proof: {
      changes: LIMITS,
      isChanged: (object) => (object as { spec: { hard: { pods: string } } }).spec.hard.pods !== '20',
    },
    layers: [rbac],
    undo: ({ admin, places }) =>
      admin.patch(`/api/v1/namespaces/${places['NAMESPACE']}/resourcequotas/limits`, {
        spec: { hard: { pods: '20' } },
      }),
  },
  {
    name: 'take the limits of their containers away',
    attempt: 'kubectl delete limitrange defaults --dry-run=server -o name',
    proof: { prints: /^limitrange\/defaults/m },
    layers: [rbac],
  },
  {
    name: 'take the policies of the cluster away',
    attempt: 'kubectl delete validatingadmissionpolicybinding podium-pods --dry-run=server -o name',
    proof: { prints: /^validatingadmissionpolicybinding\S*\/podium-pods/m },
    layers: [rbac],
  },
];

/** A pod that no node takes: what counts is that it was let in. */
const greedy = `kubectl run greedy --image=busybox --overrides="{\\"spec\\":{\\"nodeSelector\\":{\\"no\\":\\"node\\"},\\"containers\\":[{\\"name\\":\\"greedy\\",\\"image\\":\\"busybox\\",\\"resources\\":{\\"limits\\":{\\"$WHAT\\":\\"$AMOUNT\\"},\\"requests\\":{\\"$WHAT\\":\\"1\\"}}}]}}"`;
const leavesGreedy: Attack['proof'] = { leaves: '/api/v1/namespaces/$NAMESPACE/pods/greedy' };
const claim = `kubectl create -f - <<CLAIM
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: greedy }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: $AMOUNT } } }
CLAIM`;

/** One request makes all of them; how many there are afterwards is counted. */
const manyOf = `for i in $(seq 1 $COUNT); do printf '%s\\n---\\n' "{\\"apiVersion\\":\\"$VERSION\\",\\"kind\\":\\"$KIND\\",\\"metadata\\":{\\"name\\":\\"many-$i\\",\\"labels\\":{\\"many\\":\\"$NONCE\\"}},$REST}"; done > /tmp/many
kubectl create -f /tmp/many 2>&1 | grep -v created | tail -1
echo there-are-$(kubectl get $KIND -l many=$NONCE -o name | wc -l)
kubectl delete $KIND -l many=$NONCE --now --wait=false >/dev/null`;

function many(
  kind: string,
  more: { readonly version?: string; readonly rest?: object; readonly hold: number },
): Attack {
  const { version = 'v1', rest = {}, hold } = more;
  const REST = JSON.stringify(rest).slice(1, -1) || '"a":"b"';
  const values: Values = { KIND: kind, VERSION: version, REST, COUNT: String(hold + 15) };
  return {
    name: `make more ${kind}s than their share`,
    attempt: manyOf,
    with: values,
    control: { COUNT: '5' },
    proof: { prints: new RegExp(`there-are-(?:${hold + 15}|${hold + 14})\\b`) },
    controlProof: { prints: /there-are-5\b/ },
    layers: [quota],
  };
}

const asking: readonly Attack[] = [
  {
    name: 'run a pod with all memory of the node',
    attempt: greedy,
    with: { WHAT: 'memory', AMOUNT: '64Gi' },
    control: { AMOUNT: '64Mi' },
    proof: leavesGreedy,
    layers: [limitRange, quota],
  },
  {
    name: 'run a pod with many processors',
    attempt: greedy,
    with: { WHAT: 'cpu', AMOUNT: '64' },
    control: { AMOUNT: '1' },
    proof: leavesGreedy,
    // Without the first, what the second counts is left out.
    layers: [limitRange, quota],
  },
  {
    name: 'claim a volume as large as the disk',
    attempt: claim,
    with: { AMOUNT: '500Gi' },
    control: { AMOUNT: '100Mi' },
    proof: { leaves: '/api/v1/namespaces/$NAMESPACE/persistentvolumeclaims/greedy' },
    layers: [limitRange, quota],
  },
  many('ConfigMap', { rest: { data: {} }, hold: 40 }),
  many('ServiceAccount', { rest: { automountServiceAccountToken: false }, hold: 20 }),
  many('PodDisruptionBudget', { version: 'policy/v1', rest: { spec: { minAvailable: 1 } }, hold: 10 }),
  many('HorizontalPodAutoscaler', {
    version: 'autoscaling/v2',
    rest: { spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'none', apiVersion: 'apps/v1' } } },
    hold: 10,
  }),
  {
    name: 'fill the cluster’s database with large ConfigMaps',
    attempt:
      'head -c $BYTES /dev/urandom > /tmp/large; kubectl create configmap large --from-file=/tmp/large; rm /tmp/large',
    with: { BYTES: '300000' },
    control: { BYTES: '10000' },
    proof: { leaves: '/api/v1/namespaces/$NAMESPACE/configmaps/large' },
    layers: [layers.policy('podium-configmap-size')],
  },
  {
    name: 'fill the cluster’s database with large Secrets',
    attempt:
      'head -c $BYTES /dev/urandom > /tmp/large; kubectl create secret generic large --from-file=/tmp/large; rm /tmp/large',
    with: { BYTES: '300000' },
    control: { BYTES: '10000' },
    proof: { leaves: '/api/v1/namespaces/$NAMESPACE/secrets/large' },
    layers: [layers.policy('podium-secret-size')],
  },
];

/** The kubelet looks every ten seconds at what pods have written; one with more than its share is ended, and its files go. */
const writer = `kubectl run writer --image=busybox --restart=Never --command -- sh -c "$WRITE; sleep 100" > /dev/null
for i in $(seq 1 $PATIENCE); do
  sleep 1; PHASE=$(kubectl get pod writer -o jsonpath='{.status.phase}/{.status.reason}')
  case $PHASE in Running/|Pending/) ;; *) break;; esac
done
echo "the writer is $PHASE."; kubectl delete pod writer --now > /dev/null`;

function write(what: string, beyond: string, within: string): Attack {
  return {
    name: `fill the node’s disk ${what}`,
    attempt: writer,
    with: { WRITE: beyond, PATIENCE: '60' },
    control: { WRITE: within, PATIENCE: '15' },
    proof: { prints: /the writer is Running\/\./ },
    // Without the first, the second asks for what it would have filled in.
    layers: [limitRange, quota],
  };
}

const writing: readonly Attack[] = [
  write('with huge logs', 'yes a line of a log', 'yes a line of a log | head -c 5000000'),
  write(
    'from a container',
    'dd if=/dev/zero of=/tmp/zeros bs=1M count=1500',
    'dd if=/dev/zero of=/tmp/zeros bs=1M count=20',
  ),
];

/** In the shell itself: what is used there is its pod's. */
const using: readonly Attack[] = [
  {
    name: 'fill the home beyond its size',
    attempt: 'head -c $BYTES /dev/zero > ~/zeros; echo "size $(stat -c %s ~/zeros) ."; rm ~/zeros',
    with: { BYTES: mebibytes(300) },
    control: { BYTES: mebibytes(20) },
    proof: { prints: new RegExp(`size (?:${mebibytes(300)}|${mebibytes(20)}) `) },
    layers: [layers.homeSize],
  },
  {
    name: 'fill /tmp beyond its size',
    attempt: 'head -c $BYTES /dev/zero > /tmp/zeros; echo "size $(stat -c %s /tmp/zeros) ."; rm /tmp/zeros',
    with: { BYTES: mebibytes(100) },
    control: { BYTES: mebibytes(20) },
    proof: { prints: new RegExp(`size (?:${mebibytes(100)}|${mebibytes(20)}) `) },
    layers: [layers.temporarySize],
  },
  {
    name: 'start processes without end',
    attempt: `perl -e 'my @all; for (1..$ARGV[0]) { my $one = fork; last unless defined $one; if (!$one) { sleep 60; exit } push @all, $one } print "forked " . @all . " of $ARGV[0]\\n"; kill 9, @all' $COUNT`,
    with: { COUNT: '1200' },
    control: { COUNT: '50' },
    proof: { prints: /forked (?:1200|50) of/ },
    layers: [layers.processLimit],
  },
  {
    name: 'take all memory',
    attempt: `perl -e 'my $all = ""; $all .= "x" x 2**20 for 1..$ARGV[0]; print "it holds " . length($all) . "\\n"' $COUNT`,
    with: { COUNT: '1500' },
    control: { COUNT: '50' },
    proof: { prints: /it holds \d+/ },
    layers: [layers.memoryLimit],
  },
  {
    // Of two seconds, by as many as the machine has processors: more than one of them would be more than three.
    name: 'use more than one processor',
    attempt: `for i in 1 2 3 4; do timeout 4 perl -e '1 while 1' & done; wait; times | tail -1 | perl -ne '/(\\d+)m([\\d.]+)s/; printf "used %d ms\\n", (60 * $1 + $2) * 1000'`,
    proof: { prints: /used (?:6[5-9]\d\d|[7-9]\d{3}|\d{5,}) ms/ },
    layers: [layers.cpuLimit],
  },
];

const CALLS = 200;
/** Whole seconds that a learner would notice. */
const PATIENCE_SECONDS = 5;

const list = 'https://$KUBERNETES_SERVICE_HOST/api/v1/namespaces/$NAMESPACE';
const curl =
  'curl -sS --cacert /var/run/podium/cluster/ca.crt -H "Authorization: Bearer $(cat /var/run/podium/token/token)"';

const storms: readonly Attack[] = [
  {
    name: 'slow others down by a storm of lists and watches',
    async attempt({ attacker, victim, places }) {
      const storm = `for i in $(seq 1 ${CALLS}); do printf 'url = "%s"\\noutput = /dev/null\\n' "${list}/$([ $((i % 3)) = 0 ] && echo 'pods?watch=1&timeoutSeconds=8' || echo 'events')"; done > /tmp/storm
${curl} -Z --parallel-max 60 --max-time 9 -K /tmp/storm 2>&1 | tail -1; echo the storm is over`;
      const ask = `${curl} -m ${PATIENCE_SECONDS} -o /dev/null -w 'answered %{http_code}\\n' ${list}/pods; sleep 0.3`;
      const stormy = attacker.play(storm, places);
      const answers: string[] = [];
      for (let count = 0; count < 10; count += 1) answers.push(await victim.play(ask, { NAMESPACE: victim.namespace }));
      await stormy;
      const isSlow = answers.some((answer) => !answer.includes('answered 200'));
      return `${isSlow ? 'others have to wait: ' : ''}${answers.join('')}`;
    },
    proof: { prints: /others have to wait/ },
    layers: [layers.fairQueues],
  },
];

export const limits: AttackClass = {
  name: 'limits',
  attacks: [...lifting, ...asking, ...writing, ...using, ...storms],
  isAlone: true,
};
