/** What an operator may say to the chart, and what it answers to a mistake. Needs Helm and no cluster. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { skippedWithoutRoot } from '../support/embedded-clusters.ts';
import { CHART, runHelm } from '../support/helm.ts';

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly template?: { readonly spec: PodSpec }; readonly maxUnavailable?: number };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly priorityClassName: string;
  readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[];
  readonly volumes: readonly { readonly name: string }[];
}

const render = (values: readonly string[], namespace = 'podium') =>
  runHelm('template', 'podium', CHART, '--namespace', namespace, ...values.flatMap((value) => ['--set', value]));

async function objectsOf(...values: string[]): Promise<readonly Rendered[]> {
  const { isDone, output } = await render(['listenUnprotected=true', ...values]);
  assert.ok(isDone, output);
  return parseAllDocuments(output).flatMap((document) => (document.toJS() as Rendered | null) ?? []);
}

describe('the chart', { skip: skippedWithoutRoot, concurrency: 2 }, () => {
  it('is one that Helm finds nothing to say against', async () => {
    const { isDone, output } = await runHelm('lint', '--strict', CHART, '--namespace', 'podium');
    assert.ok(isDone, output);
  });

  it('is not installed before somebody has accepted that there is no login', async () => {
    const { isDone, output } = await render([]);
    assert.ok(!isDone);
    assert.match(output, /no login yet: anybody who reaches it gets a shell.*--set listenUnprotected=true/);
  });

  for (const [value, message] of [
    ['replicas=2', /without a database each replica.*database\.existingSecret/],
    ['replicas=0', /'\/replicas': minimum: got 0, want 1/],
    ['pool.flor=3', /'\/pool': additional properties 'flor' not allowed/],
    ['pool.floor=101', /pool\.ceiling is 100, less than pool\.floor, which is 101/],
    ['publicUrl=labs.example.org', /'\/publicUrl': 'labs\.example\.org' does not match/],
    ['publicUrl=https://example.org/labs', /'\/publicUrl'.*does not match/],
    ['ingress.enabled=true', /publicUrl is empty.*--set publicUrl=https/],
    ['labImages[0]=redis', /'\/labImages\/0': 'redis' does not match/],
    ["labImages[0]=example.org/x:1'", /'\/labImages\/0'.*does not match/],
    ['logLevel=loud', /'\/logLevel': value must be one of/],
    ["sandboxes.runtimeClass=x'", /'\/sandboxes\/runtimeClass'.*does not match/],
    ['storage.size=big', /'\/storage\/size'.*does not match/],
  ] as const) {
    it(`refuses ${value} and says why`, async () => {
      const { isDone, output } = await render(['listenUnprotected=true', value]);
      assert.ok(!isDone);
      assert.match(output, message);
    });
  }

  it('says all mistakes at once, another namespace among them', async () => {
    const { output } = await render(['replicas=2'], 'elsewhere');
    assert.match(output, /namespace "elsewhere".*Say --namespace podium[^]*no login yet[^]*replicas is 2/);
  });

  it('gives the pods accounts and priorities that it makes itself', async () => {
    const objects = await objectsOf();
    const names = (wanted: string) =>
      objects.flatMap(({ kind, metadata }) => (kind === wanted ? [metadata.name] : [])).sort();
    const pods = objects.flatMap(({ spec }) => spec?.template?.spec ?? []);
    assert.deepEqual(pods.map(({ serviceAccountName }) => serviceAccountName).sort(), names('ServiceAccount'));
    for (const { priorityClassName } of pods) assert.ok(names('PriorityClass').includes(priorityClassName));
    assert.deepEqual(names('PodDisruptionBudget'), []);
  });

  it('leaves to an administrator what belongs to the whole cluster, when told to', async () => {
    const kinds = (await objectsOf('clusterObjects.create=false')).map(({ kind }) => kind);
    assert.deepEqual(
      [...new Set(kinds)].sort(),
      ['ConfigMap', 'Deployment', 'PersistentVolumeClaim', 'PriorityClass', 'Secret', 'Service'].sort(),
    );
  });

  it('needs no volume with a database, and keeps a replica when a node is emptied', async () => {
    const objects = await objectsOf('replicas=2', 'database.existingSecret=postgres');
    assert.ok(!objects.some(({ kind }) => kind === 'PersistentVolumeClaim'));
    const server = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'podium-server');
    const variables = server?.spec?.template?.spec.containers[0]?.env.map(({ name }) => name);
    assert.ok(variables?.includes('PODIUM_DATABASE_URL'));
    assert.equal(objects.find(({ kind }) => kind === 'PodDisruptionBudget')?.spec?.maxUnavailable, 1);
  });

  it('lets learners run an image that an operator adds', async () => {
    const text = JSON.stringify(await objectsOf('labImages[0]=docker.io/library/redis:8'));
    assert.equal(text.split("'docker.io/library/redis:8'").length - 1, 2, 'for learners’ pods and for shells');
    assert.match(text, /Images that are here: [^"]*, docker\.io\/library\/redis:8/);
  });

  it('has images brought to every node only when told to, those that an operator adds too', async () => {
    const values = ['labImages[0]=docker.io/library/redis:8', 'holdImages=true'];
    const holderOf = (objects: readonly Rendered[]) => objects.find(({ kind }) => kind === 'DaemonSet');
    assert.equal(holderOf(await objectsOf('labImages[0]=docker.io/library/redis:8')), undefined);
    const volumes = JSON.stringify(holderOf(await objectsOf(...values))?.spec?.template?.spec.volumes);
    assert.match(volumes, /"reference":"podium\.dev\/shell:1"/);
    assert.match(volumes, /"name":"added-0","image":\{"reference":"docker\.io\/library\/redis:8"/);
  });

  it('puts server and learners under the runtime class that an operator names', async () => {
    const text = JSON.stringify(await objectsOf('sandboxes.runtimeClass=gvisor'));
    assert.match(text, /"name":"PODIUM_RUNTIME_CLASS","value":"gvisor"/);
    assert.match(text, /\/spec\/runtimeClassName[^}]*'gvisor'/);
    assert.doesNotMatch(JSON.stringify(await objectsOf()), /PODIUM_RUNTIME_CLASS/);
  });

  it('lets learners in without a proof only when told to', async () => {
    const said = /"name":"PODIUM_ALLOW_UNPROVED_ISOLATION","value":"yes"/;
    assert.doesNotMatch(JSON.stringify(await objectsOf()), said);
    assert.match(JSON.stringify(await objectsOf('sandboxes.allowUnprovedIsolation=true')), said);
  });
});
