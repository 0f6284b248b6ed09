/** The deck's own window: where there is a showing, tells the room where the deck is. What that takes is fetched then. */
import type { RevealApi } from 'reveal.js';
import { onShowingChange, recallShowing } from './showing-memory.ts';

/** The slug of a deck by the address of its page: `/en/decks/<slug>/`. */
function slugOf(pathname: string): string {
  return pathname.split('/').filter(Boolean).at(-1) ?? '';
}

export function leadRoom(deck: RevealApi): void {
  const slug = slugOf(location.pathname);
  let lead: Promise<() => void> | undefined;
  const update = async (): Promise<void> => {
    const code = recallShowing(slug);
    (await lead)?.();
    lead =
      code === undefined ? undefined : import('./room-lead.ts').then(({ startLead }) => startLead(deck, slug, code));
    await lead;
  };
  onShowingChange(slug, () => void update());
  if (recallShowing(slug) !== undefined) void update();
}
