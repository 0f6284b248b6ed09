/** Whether what steps link to elsewhere still answers. Asked for by name only: a build must not fail because of a stranger's server. */
import type { LabProblem } from '../../../labs/lab.ts';
import type { LabSources } from './lab-sources.ts';

/** A page that takes longer is no page to send a learner to. */
const ANSWER_LIMIT_MS = 15_000;
/** What says no to a program, and may well open for a person. */
const REFUSES_PROGRAMS = [401, 403, 405, 429];
/** At once; more would look like an attack. */
const MAX_AT_ONCE = 4;

export async function judgeOnlineLinks(
  sources: readonly LabSources[],
  ask: typeof fetch,
  signal: AbortSignal,
): Promise<LabProblem[]> {
  const places = new Map<string, { file: string; line: number }[]>();
  for (const { shown, nodes } of sources.flatMap(({ steps }) => steps)) {
    for (const { node, line } of nodes) {
      if ((node.type !== 'link' && node.type !== 'definition') || !node.url.startsWith('https://')) continue;
      const address = node.url.replace(/#.*$/u, '');
      places.set(address, [...(places.get(address) ?? []), { file: shown, line }]);
    }
  }
  const waiting = [...places];
  const problems: LabProblem[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [address, where] = next;
      const fault = await findFault(address, ask, signal);
      const message = `${address} ${fault}. Link to what is there now.`;
      if (fault !== undefined) problems.push(...where.map((place) => ({ ...place, message })));
    }
  };
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, work));
  return problems;
}

async function findFault(address: string, ask: typeof fetch, signal: AbortSignal): Promise<string | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]);
    const answer = await ask(address, { signal: limit });
    await answer.body?.cancel();
    if (answer.ok || REFUSES_PROGRAMS.includes(answer.status)) return undefined;
    return `answers with ${answer.status}`;
  } catch {
    signal.throwIfAborted();
    return 'does not answer';
  }
}
