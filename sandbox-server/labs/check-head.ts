/**
 * What a check says of itself in its head: the comment lines right after `#!/bin/sh`. Pure.
 * `# needs: pods deployments.apps` names the kinds that it looks at, as `kubectl api-resources -o name` does.
 * `# where: shell, because …` has it run in the learner's shell, where a learner can have it say whatever they like.
 */

export interface CheckNeed {
  /** Plural; `pods/log` where it reads logs. */
  readonly resource: string;
  /** Empty for the first kinds of Kubernetes. */
  readonly group: string;
}

export interface CheckHead {
  /** A change in one of these is a reason to ask again; without any it is asked by a click alone. */
  readonly needs: readonly CheckNeed[];
  readonly where: 'checker' | 'shell';
  /** Of the line that says where; undefined where none does. */
  readonly place?: { readonly line: number; readonly reason: string };
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const NEEDS_LINE = /^#\s*needs:(?<kinds>.*)$/;
const WHERE_LINE = /^#\s*where:\s*(?<where>[^\s,]*)[\s,]*(?<reason>.*)$/;
const KIND = /^(?<resource>[a-z][a-z0-9-]*(?:\/log)?)(?:\.(?<group>[a-z0-9-]+(?:\.[a-z0-9-]+)*))?$/;
/** Each kind is a watch for each learner who has the step open; a check that looks at more wants to be two. */
const MAX_NEEDS = 8;

/** What `kubectl get` finds by the first word alone, and the API does not. */
const groups: ReadonlyMap<string, string> = new Map([
  ...['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'controllerrevisions'].map(pairWith('apps')),
  ...['jobs', 'cronjobs'].map(pairWith('batch')),
  ...['ingresses', 'networkpolicies'].map(pairWith('networking.k8s.io')),
  ...['roles', 'rolebindings'].map(pairWith('rbac.authorization.k8s.io')),
  ...['horizontalpodautoscalers'].map(pairWith('autoscaling')),
  ...['poddisruptionbudgets'].map(pairWith('policy')),
  ...['endpointslices'].map(pairWith('discovery.k8s.io')),
]);

function pairWith(group: string): (resource: string) => readonly [string, string] {
  return (resource) => [resource, group];
}

export function decodeCheckHead(source: string): CheckHead {
  const needs = new Map<string, CheckNeed>();
  const problems: { line: number; message: string }[] = [];
  let place: CheckHead['place'];
  const lines = source.split('\n');
  const end = lines.findIndex((line, index) => index > 0 && !line.startsWith('#'));
  for (const [index, text] of lines.slice(1, end === -1 ? lines.length : end).entries()) {
    const refuse = (message: string) => problems.push({ line: index + 2, message });
    const said = WHERE_LINE.exec(text)?.groups;
    if (said?.['where'] === 'shell') place = { line: index + 2, reason: said['reason']?.trim() ?? '' };
    else if (said)
      refuse('A check runs out of the learner’s reach. Take the line away, or write "# where: shell, because …".');
    const kinds = NEEDS_LINE.exec(text)?.groups?.['kinds']?.trim();
    if (kinds === undefined) continue;
    if (kinds === '') refuse('Name the kinds that the check looks at, such as "# needs: pods deployments.apps".');
    for (const word of kinds.split(/\s+/).filter(Boolean)) {
      const need = decodeNeed(word);
      if (typeof need === 'string') refuse(need);
      else needs.set(word, need);
    }
    if (needs.size > MAX_NEEDS) refuse(`A check may need ${MAX_NEEDS} kinds at most.`);
  }
  if (place && needs.size > 0) {
    const message = 'What runs in the learner’s shell is asked by a click alone. Take "# needs:" away, or this line.';
    problems.push({ line: place.line, message });
  }
  return { needs: [...needs.values()], where: place ? 'shell' : 'checker', ...(place && { place }), problems };
}

/** A need, or what is wrong with it. */
function decodeNeed(word: string): CheckNeed | string {
  const match = KIND.exec(word)?.groups;
  if (!match) return `"${word}" is no kind. Write its plural and its group: pods, deployments.apps, pods/log.`;
  const { resource = '', group = '' } = match;
  const expected = groups.get(resource);
  if (group === '' && expected !== undefined) return `"${word}" is of a group. Write ${word}.${expected}.`;
  return { resource, group };
}
