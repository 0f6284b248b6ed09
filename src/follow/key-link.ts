/** A link with a key: `…/#<code>.<key>`. */
import type { ShowingReply } from '../../sandbox-server/protocol/showing.ts';
import { askShowings, type Answer } from './showing-api.ts';

/** Where the last key was for, so that a reload finds it: the code is no secret. */
const CODE_KEY = 'podium-key-code';

/**
 * Takes up the key of the address for a cookie that no script reads, and takes it out of the address, where a screen or
 * a history would show it. Without one, the showing that this tab had before.
 */
export async function takeUpKey(): Promise<Answer<ShowingReply>> {
  const [code = '', key = ''] = location.hash.slice(1).split('.');
  if (key === '') return askShowings<ShowingReply>('GET', `/${sessionStorage.getItem(CODE_KEY) ?? '-'}`);
  history.replaceState(null, '', location.pathname);
  const answer = await askShowings<ShowingReply>('POST', `/${encodeURIComponent(code)}/key`, { key });
  if (answer.ok) sessionStorage.setItem(CODE_KEY, answer.value.code);
  return answer;
}
