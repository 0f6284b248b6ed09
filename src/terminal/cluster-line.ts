/** How far the cluster is, in a sentence and a bar. */
import type { ClusterProgress } from '../../sandbox-server/protocol/sandbox.ts';
import { element } from './dom.ts';
import { sayDuration } from './duration.ts';
import { errorText, pageTexts, text } from './page-texts.ts';

/** Parts by the names that people know them by; any other is shown as the server calls it. */
const partNames: Readonly<Record<string, string>> = {
  kube: 'Kubernetes',
  cilium: 'Cilium',
  cni: 'CNI',
  coredns: 'CoreDNS',
  helm: 'Helm',
  'metrics-server': 'Metrics Server',
  localpath: 'Local Path Provisioner',
};

const SECOND_MS = 1_000;

/** "The cluster is being built for the first time: part 3 of 14, Cilium. About 12 minutes left." */
export function clusterSentence(cluster: ClusterProgress): string {
  const sentence = stateSentence(cluster);
  if (cluster.remainingSeconds === undefined || cluster.state === 'failed') return sentence;
  const duration = sayDuration(cluster.remainingSeconds * SECOND_MS, pageTexts().language);
  return `${sentence} ${text('cluster.remaining', { duration })}`;
}

/** The sentence with a bar under it, where there is something to count. */
export function clusterLine(cluster: ClusterProgress): HTMLElement {
  const line = element('div', { class: 'cluster-line' }, element('p', {}, clusterSentence(cluster)));
  if (cluster.index !== undefined && cluster.count !== undefined) {
    const bar = element('progress', { 'aria-label': text('cluster.parts') });
    bar.max = cluster.count;
    /* The part that is being worked on is not done yet. */
    bar.value = cluster.index - 1;
    line.append(bar);
  }
  return line;
}

function stateSentence(cluster: ClusterProgress): string {
  switch (cluster.state) {
    case 'building':
    case 'starting':
      return partSentence(cluster);
    case 'probing':
      return text('cluster.probing');
    case 'failed':
      return errorText(cluster.code ?? 'cluster_failed');
    case 'absent':
      return text('cluster.absent');
    case 'ready':
      return text('cluster.busy');
  }
}

function partSentence({ state, part, index, count }: ClusterProgress): string {
  if (part === undefined || index === undefined || count === undefined) return text('cluster.busy');
  const key = state === 'starting' ? 'cluster.starting' : 'cluster.building';
  return text(key, { part: partNames[part] ?? part, index, count });
}
