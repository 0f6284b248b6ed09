/**
 * The kinds whose objects a learner may make, and which by a finalizer could hold their namespace. Secrets are left
 * out: whoever may list them may read them, and a policy lets no finalizer onto them but the garbage collector's. Pure.
 */

export interface Kind {
  readonly group: string;
  readonly version: string;
  /** The plural, as in paths. */
  readonly resource: string;
}

export const holdingKinds: readonly Kind[] = [
  ...ofGroup('', 'v1', ['pods', 'replicationcontrollers', 'services', 'configmaps', 'persistentvolumeclaims']),
  ...ofGroup('', 'v1', ['serviceaccounts']),
  ...ofGroup('apps', 'v1', ['deployments', 'replicasets', 'statefulsets', 'daemonsets']),
  ...ofGroup('batch', 'v1', ['jobs', 'cronjobs']),
  ...ofGroup('autoscaling', 'v2', ['horizontalpodautoscalers']),
  ...ofGroup('policy', 'v1', ['poddisruptionbudgets']),
  ...ofGroup('networking.k8s.io', 'v1', ['ingresses']),
];

/** Path of all objects of the kind in a namespace. */
export function kindPath({ group, version, resource }: Kind, namespace: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}/namespaces/${namespace}/${resource}`;
}

function ofGroup(group: string, version: string, resources: readonly string[]): Kind[] {
  return resources.map((resource) => ({ group, version, resource }));
}
