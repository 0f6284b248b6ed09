import { LEARNER_NAMESPACE_PREFIX, shellName } from '../../sandbox-server/driver/kubernetes/names.ts';

/** The shell pod beside a learner's namespace: both are named after their place, which is not the sandbox where it was made ahead. */
export function shellPodOf(namespace: string): string {
  return shellName(placeOf(namespace));
}

export function placeOf(namespace: string): string {
  return namespace.slice(LEARNER_NAMESPACE_PREFIX.length);
}
