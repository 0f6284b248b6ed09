/**
 * A token of one of Podium's own accounts in the wrong hands. Each request is a dry run, and is let through when an
 * administrator makes it, so that what refuses is the account and nothing else.
 */
import assert from 'node:assert/strict';
import {
  type ApiClient,
  type CallOptions,
  isRefusal,
  type Method,
} from '../../sandbox-server/driver/kubernetes/api-client.ts';

export interface AccountAttack {
  readonly called: string;
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  /** Part of the refusal; without it any refusal of a right will do. */
  readonly says?: RegExp;
}

const never = new AbortController().signal;

export async function assertRefused(account: ApiClient, admin: ApiClient, attack: AccountAttack): Promise<void> {
  const { method, path, body, says } = attack;
  const options: CallOptions = {
    query: method === 'GET' ? {} : { dryRun: 'All' },
    ...(body === undefined ? {} : { body }),
    ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}),
  };
  await assert.rejects(
    account.call(method, path, options, never),
    (error) => isRefusal(error, 403) && (says === undefined || says.test(error.message)),
  );
  await admin.call(method, path, options, never);
}
