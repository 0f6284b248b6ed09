/**
 * The lab First steps, done in a real sandbox. Each check refuses before the step, refuses what is almost right, and
 * says so in the right words; then it accepts the step, as the page has it or by another way.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadLabs } from '../../sandbox-server/labs/load-labs.ts';
import { createLearnerSandbox, type LearnerSandbox } from '../support/learner-sandbox.ts';

const kubeconfig = process.env['PODIUM_TEST_KUBECONFIG'];

interface NearMiss {
  readonly called: string;
  readonly lines: readonly string[];
  readonly message: string;
  readonly values?: Readonly<Record<string, string>>;
}

interface StepRow {
  readonly check: string;
  /** Message id of the refusal before anything is done. */
  readonly before: string;
  readonly nearMisses: readonly NearMiss[];
  readonly done: readonly string[];
}

const ready = (pod: string) => `kubectl wait --for=condition=Ready --timeout=60s pod/${pod}`;
const again = (pod: string) => `kubectl delete pod ${pod} --now`;
const note = (name: string, ...entries: string[]) =>
  `kubectl delete configmap ${name} --ignore-not-found; kubectl create configmap ${name} ` +
  entries.map((entry) => `--from-literal=${entry}`).join(' ');

/** Steps that leave a note. */
const notes: readonly StepRow[] = [
  {
    check: 'server-version',
    before: 'no-configmap',
    nearMisses: [
      {
        called: 'a note under another key',
        lines: [note('notes', 'version=v1.36.3')],
        message: 'no-key',
        values: { key: 'server' },
      },
      {
        called: 'the version of Kustomize',
        lines: [note('notes', `"server=$(kubectl version | sed -n 's/Kustomize Version: //p')"`)],
        message: 'wrong-version',
      },
      {
        called: 'a note that plays tricks',
        lines: [note('notes', String.raw`server=$'v1\'; exit 0\npassed\nno-key x=\'y'`)],
        message: 'wrong-version',
        values: { found: 'v1 exit 0passedno-key x=y' },
      },
    ],
    done: [note('notes', `"server=$(kubectl version | sed -n 's/Server Version: //p')"`)],
  },
  {
    check: 'node-runtime',
    before: 'no-configmap',
    nearMisses: [
      {
        called: 'a node that is not there',
        lines: [note('node-notes', 'node=--all', 'runtime=x')],
        message: 'no-such-node',
        values: { found: '--all' },
      },
      {
        called: 'a runtime without its version',
        lines: [
          note('node-notes', '"node=$(kubectl get nodes -o jsonpath={.items[0].metadata.name})"', 'runtime=containerd'),
        ],
        message: 'wrong-runtime',
        values: { found: 'containerd' },
      },
    ],
    done: [
      // As the page shows it: the first and the last column.
      `set -- $(kubectl get nodes -o wide --no-headers | awk '{ print $1, $NF; exit }'); ${note('node-notes', 'node=$1', 'runtime=$2')}`,
    ],
  },
  {
    check: 'namespace-limits',
    before: 'no-configmap',
    nearMisses: [
      {
        called: 'somebody else’s namespace',
        lines: [note('place', 'namespace=default', 'pods=20')],
        message: 'wrong-namespace',
        values: { found: 'default' },
      },
      {
        called: 'what is used instead of what is allowed',
        lines: [note('place', 'namespace=$NAMESPACE', 'pods=0')],
        message: 'wrong-pod-limit',
        values: { found: '0' },
      },
    ],
    done: [
      `limit=$(kubectl describe resourcequota | awk '$1 == "pods" { print $3 }'); ${note('place', 'namespace=$NAMESPACE', 'pods=$limit')}`,
    ],
  },
];

/** Each step goes on with the pods of the one before it. */
const pods: readonly StepRow[] = [
  {
    check: 'first-pod',
    before: 'no-pod',
    nearMisses: [
      {
        called: 'another image',
        lines: ['kubectl run web --image=busybox -- sleep 3600', ready('web')],
        message: 'wrong-image',
        values: { pod: 'web', found: 'busybox', expected: 'nginx' },
      },
      {
        called: 'a web server that no node takes',
        lines: [
          again('web'),
          `kubectl run web --image=nginx --overrides='{"spec":{"nodeSelector":{"there-is":"no-such-node"}}}'`,
        ],
        message: 'not-ready',
        values: { pod: 'web' },
      },
    ],
    done: [
      again('web'),
      'kubectl run web --image=docker.io/library/nginx:1.16.1 --dry-run=client -o yaml | kubectl apply -f -',
      ready('web'),
    ],
  },
  {
    check: 'request-in-log',
    before: 'no-request',
    nearMisses: [
      {
        called: 'a request for another page',
        lines: [`curl -sS "http://$(kubectl get pod web -o jsonpath='{.status.podIP}')/"`],
        message: 'no-request',
        values: { pod: 'web', path: '/first-steps' },
      },
    ],
    done: [
      `address=$(kubectl get pod web -o jsonpath='{.status.podIP}'); curl -sS "http://$address/first-steps"; kubectl logs web`,
    ],
  },
  {
    check: 'label-and-delete',
    before: 'no-label',
    nearMisses: [
      {
        called: 'another value',
        lines: ['kubectl label pod web stage=trail'],
        message: 'wrong-label',
        values: { found: 'trail', expected: 'trial' },
      },
      {
        called: 'a pod that was never there',
        lines: ['kubectl label --overwrite pod web stage=trial'],
        message: 'no-trace',
        values: { pod: 'spare' },
      },
      {
        called: 'a pod that is not deleted',
        lines: ['kubectl run spare --image=nginx --labels=stage=trial', ready('spare')],
        message: 'pod-still-there',
        values: { pod: 'spare' },
      },
    ],
    done: [again('spare')],
  },
];

const clock: readonly StepRow[] = [
  {
    check: 'clock',
    before: 'pod-still-there',
    nearMisses: [
      { called: 'a clean place without a clock', lines: [again('web')], message: 'no-pod', values: { pod: 'clock' } },
      {
        called: 'a command that ends',
        lines: [
          'kubectl run clock --image=busybox --labels=stage=done -- date',
          `kubectl wait --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=60s pod/clock`,
        ],
        message: 'keeps-ending',
        values: { pod: 'clock' },
      },
      {
        called: 'a pod that says nothing',
        lines: [again('clock'), 'kubectl run clock --image=busybox --labels=stage=done -- sleep 3600', ready('clock')],
        message: 'no-log',
        values: { pod: 'clock' },
      },
      {
        called: 'a pod that says something else',
        lines: [
          again('clock'),
          `kubectl run clock --image=busybox --labels=stage=done -- sh -c "echo \\"it's late\\"; sleep 3600"`,
          ready('clock'),
        ],
        message: 'no-time',
        values: { found: 'its late' },
      },
      {
        called: 'a clock that shows the time once',
        lines: [
          again('clock'),
          `kubectl run clock --image=busybox --labels=stage=done -- sh -c 'date; sleep 3600'`,
          ready('clock'),
        ],
        message: 'time-once',
        values: { pod: 'clock' },
      },
      {
        called: 'a clock without a label',
        lines: [
          again('clock'),
          `kubectl run clock --image=busybox -- sh -c 'while true; do date; sleep 2; done'`,
          ready('clock'),
        ],
        message: 'no-label',
        values: { label: 'stage', expected: 'done' },
      },
    ],
    done: ['kubectl label pod clock stage=done', 'kubectl logs --follow clock | sed 2q'],
  },
];

/** Steps that need nothing of each other: each group is done in a sandbox of its own, all at once. */
const groups: readonly { readonly of: string; readonly begins?: string; readonly rows: readonly StepRow[] }[] = [
  { of: 'notes', rows: notes },
  { of: 'pods', rows: pods },
  { of: 'a clock', begins: 'kubectl run web --image=nginx', rows: clock },
];

const lacksCluster = !kubeconfig && 'no cluster: PODIUM_TEST_KUBECONFIG is not set';

test('the checks of First steps', { skip: lacksCluster, concurrency: groups.length }, async (context) => {
  const { labs } = await loadLabs(join(import.meta.dirname, '..', '..', 'content'));
  const lab = labs.get('first-steps');
  assert.ok(lab && kubeconfig);
  assert.deepEqual(
    groups.flatMap(({ rows }) => rows.map(({ check }) => check)).toSorted(),
    [...lab.checks.keys()].toSorted(),
    'a row for each check',
  );

  const tests = groups.map(({ of, begins, rows }) =>
    context.test(`of ${of}`, { concurrency: 1 }, async (group) => {
      await using sandbox = await createLearnerSandbox(kubeconfig, lab);
      if (begins !== undefined) await sandbox.run(begins);
      await tryRows(group, sandbox, rows);
    }),
  );
  await Promise.all(tests);
});

async function tryRows(group: TestContext, sandbox: LearnerSandbox, rows: readonly StepRow[]): Promise<void> {
  for (const row of rows) {
    await group.test(`it does not call ${row.check} done before the step`, async () => {
      assert.partialDeepStrictEqual(await sandbox.check(row.check), { message: row.before });
    });

    for (const { called, lines, message, values = {} } of row.nearMisses) {
      await group.test(`it tells ${row.check} from ${called}`, async () => {
        for (const line of lines) await sandbox.run(line);
        assert.partialDeepStrictEqual(await sandbox.check(row.check), { message, values });
      });
    }

    await group.test(`it calls ${row.check} done when the step is`, async () => {
      for (const line of row.done) await sandbox.run(line);
      assert.equal(await sandbox.check(row.check), 'done');
    });
  }
}
