/** Attacks on other learners: what is theirs is read, changed, entered or listed. */
import type { Attack, AttackClass, Proof } from './attack.ts';
import { ownership, rbac } from './layers.ts';

/** Nobody knows a mark who has not read it: victim, attacker and played internet have one each. */
const mark: Proof = { prints: /mark-[0-9a-f]{16}/ };
const theirs = { TARGET: '$VICTIM' };
const own = { TARGET: '$NAMESPACE' };

const attacks: readonly Attack[] = [
  {
    name: 'read another’s Secret',
    attempt: "kubectl -n $TARGET get secret diary -o jsonpath='{.data.page}' | base64 -d",
    with: theirs,
    control: own,
    proof: mark,
    layers: [rbac],
  },
  {
    name: 'change another’s ConfigMap',
    attempt: `kubectl -n $TARGET patch configmap board -p "{\\"data\\":{\\"by\\":\\"$NONCE\\"}}"`,
    with: theirs,
    control: own,
    proof: {
      changes: '/api/v1/namespaces/$TARGET/configmaps/board',
      isChanged: (object, { NONCE }) => (object as { data: { by: string } }).data.by === NONCE,
    },
    layers: [rbac],
  },
  {
    name: 'put an object into another’s namespace',
    attempt: 'kubectl -n $TARGET create configmap planted',
    with: theirs,
    control: own,
    proof: { leaves: '/api/v1/namespaces/$TARGET/configmaps/planted' },
    layers: [rbac],
  },
  {
    name: 'run a program in another’s pod',
    attempt: 'kubectl -n $TARGET exec page -- cat /tmp/diary',
    with: theirs,
    control: own,
    proof: mark,
    layers: [rbac],
  },
  {
    name: 'read the log of another’s pod',
    attempt: 'kubectl -n $TARGET logs page',
    with: theirs,
    control: own,
    proof: mark,
    layers: [rbac],
  },
  {
    name: 'reach another’s pod through the API server',
    attempt: 'kubectl get --raw /api/v1/namespaces/$TARGET/pods/page:8080/proxy/',
    with: theirs,
    control: own,
    proof: mark,
    layers: [rbac],
  },
  {
    name: 'forward a port of another’s pod',
    attempt: `kubectl -n $TARGET port-forward pod/page 0:8080 > /tmp/forward 2>&1 & job=$!
until grep -qE 'Forwarding|orbidden|error' /tmp/forward; do sleep 0.1; done; cat /tmp/forward
curl -sS -m 3 "http://127.0.0.1:$(sed -n 's/.*127.0.0.1:\\([0-9]*\\) .*/\\1/p;q' /tmp/forward)/"; kill $job`,
    with: theirs,
    control: own,
    proof: mark,
    layers: [rbac],
  },
  {
    name: 'type in another’s shell',
    attempt: 'kubectl -n $WHERE exec $TARGET -- cat $FILE',
    with: { WHERE: 'podium-sandboxes', TARGET: '$VICTIM_SHELL_POD', FILE: '/home/learner/diary' },
    control: { WHERE: '$NAMESPACE', TARGET: 'page', FILE: '/tmp/diary' },
    proof: mark,
    layers: [rbac],
  },
  {
    name: 'enter the container that checks another’s work',
    attempt: 'kubectl -n $WHERE exec $TARGET -c $CONTAINER -- cat $FILE',
    with: {
      WHERE: 'podium-sandboxes',
      TARGET: '$VICTIM_SHELL_POD',
      CONTAINER: 'checker',
      FILE: '/home/learner/diary',
    },
    control: { WHERE: '$NAMESPACE', TARGET: 'page', CONTAINER: 'page', FILE: '/tmp/diary' },
    proof: mark,
    layers: [rbac],
  },
  {
    name: 'end another’s shell',
    attempt: 'kubectl -n $WHERE delete pod $TARGET --now --dry-run=$DRY -o name',
    with: { WHERE: 'podium-sandboxes', TARGET: '$VICTIM_SHELL_POD', DRY: 'server' },
    control: { WHERE: '$NAMESPACE', TARGET: 'page', DRY: 'server' },
    proof: { prints: /^pod\/(?:shell-|page)/m },
    layers: [rbac],
  },
  {
    name: 'find others by listing namespaces',
    attempt: 'kubectl get namespaces $NAMES -o name',
    with: { NAMES: '' },
    control: { NAMES: '$NAMESPACE' },
    proof: { prints: /namespace\/learner-/ },
    layers: [rbac],
  },
  {
    name: 'list the pods of everybody',
    attempt: 'kubectl get pods $WHERE -o name',
    with: { WHERE: '--all-namespaces' },
    control: { WHERE: '' },
    proof: { prints: /pod\/page/ },
    layers: [rbac],
  },
  {
    name: 'see by their load who else is here',
    attempt: 'kubectl get --raw /apis/metrics.k8s.io/v1beta1$WHERE/pods',
    with: { WHERE: '' },
    control: { WHERE: '/namespaces/$NAMESPACE' },
    proof: { prints: /PodMetricsList/ },
    layers: [rbac],
  },
  {
    name: 'look at another’s sandbox by its id',
    attempt: async ({ attacker, victim }, { WHOSE }) => {
      const { sandboxId } = WHOSE === 'own' ? attacker : victim;
      return (await attacker.browser.send(`/api/sandboxes/${sandboxId}`)).text;
    },
    control: { WHOSE: 'own' },
    proof: { prints: /"namespace":"learner-/ },
    layers: [ownership],
  },
];

export const otherLearners: AttackClass = { name: 'other learners', attacks };
