/** What all leases of ours have in common: claims, tickets, and the one that says whose data a cluster belongs to. */
import { SHELL_NAMESPACE } from './names.ts';

export const LEASE_API_VERSION = 'coordination.k8s.io/v1';
export const LEASES_PATH = `/apis/${LEASE_API_VERSION}/namespaces/${SHELL_NAMESPACE}/leases`;

/** MicroTime of the API (RFC 3339 with six digits): an ordinary time is refused there. */
export function microTime(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}
