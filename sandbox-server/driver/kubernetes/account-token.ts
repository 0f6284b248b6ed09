import type { ApiClient } from './api-client.ts';
import { decodeToken } from './observed.ts';

export interface TokenNeeds {
  readonly namespace: string;
  readonly account: string;
  /** At least 600, the shortest that Kubernetes issues. */
  readonly seconds: number;
}

/** A token of that account. */
export async function issueToken(api: ApiClient, needs: TokenNeeds, signal: AbortSignal): Promise<string> {
  const path = `/api/v1/namespaces/${needs.namespace}/serviceaccounts/${needs.account}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: needs.seconds },
  };
  return decodeToken(await api.call('POST', path, { body }, signal));
}
