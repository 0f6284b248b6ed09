/** Puts the time that people took in place of the author's estimate, where enough have finished the lab to say so. */
import type { LabMinutes } from '../../sandbox-server/protocol/requests.ts';

export async function showMeasuredMinutes(): Promise<void> {
  const shown = [...document.querySelectorAll<HTMLElement>('[data-lab-minutes]')];
  if (shown.length === 0) return;
  const measured = await fetchMinutes();
  for (const element of shown) {
    const minutes = measured[element.dataset['labMinutes'] ?? ''];
    if (minutes === undefined) continue;
    element.textContent = (element.dataset['text'] ?? '').replace('{minutes}', String(minutes));
  }
}

/** Nothing where the site is served without a server, or that has other troubles: the estimates stay. */
async function fetchMinutes(): Promise<LabMinutes> {
  try {
    const reply = await fetch('/api/labs/minutes');
    return reply.ok ? ((await reply.json()) as LabMinutes) : {};
  } catch {
    return {};
  }
}
