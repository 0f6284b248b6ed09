/** A poll on a slide of the deck: what of it the server is told, and its counts as bars. */
import type { Position, ShowingMessage } from '../../sandbox-server/protocol/showing.ts';

/** The poll of a slide, by `data-poll` on the list of its answers. */
export function readPoll(slide: Element | null): Position['poll'] {
  const list = slide?.querySelector<HTMLElement>('[data-poll]');
  const id = list?.dataset['poll'];
  if (!list || !id) return undefined;
  return { id, options: list.children.length, isMulti: list.dataset['pollKind'] === 'multi' };
}

export function showPollOnSlide(slides: HTMLElement | null, message: ShowingMessage): void {
  const results = message.type === 'state' ? message.polls : message.type === 'poll' ? [message.result] : [];
  for (const { id, counts, voters } of results) {
    const list = slides?.querySelector(`[data-poll="${CSS.escape(id)}"]`);
    [...(list?.children ?? [])].forEach((item, index) => {
      const count = counts[index] ?? 0;
      (item as HTMLElement).style.setProperty('--share', voters > 0 ? String(count / voters) : '0');
      (item as HTMLElement).dataset['count'] = String(count);
    });
  }
}
