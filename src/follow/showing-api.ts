/** What the pages of a showing ask of the server. A refusal is a value: every code has a sentence in the page. */
import type { Refusal } from '../../sandbox-server/protocol/sandbox.ts';

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

const ANSWER_LIMIT_MS = 15_000;
const unreachable: Refusal = { code: 'unreachable', retryable: true };

export type Ask = <T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<Answer<T>>;

/** Asks below `/api/showings`; what comes back is of the same build as the page, or of a newer one with the same names. */
export const askShowings: Ask = async <T>(method: string, path: string, body?: unknown) => {
  try {
    const reply = await fetch(`/api/showings${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await reply.text();
    const value: unknown = text === '' ? undefined : JSON.parse(text);
    return reply.ok ? { ok: true, value: value as T } : { ok: false, refusal: value as Refusal };
  } catch {
    return { ok: false, refusal: unreachable };
  }
};
