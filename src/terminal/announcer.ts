/** One polite live region for the page: what changes without the learner's doing is said once, here and nowhere else. */
import { element } from './dom.ts';

/** A region that is filled in the same instant as it is made, or twice with the same words, is not read out by some screen readers. */
const SETTLE_MS = 100;

let region: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let queue: string[] = [];

/** Has screen readers say `message` when they are done with what they are saying. */
export function announce(message: string): void {
  region ??= appendRegion();
  if (!queue.includes(message)) queue.push(message);
  clearTimeout(timer);
  timer = setTimeout(() => {
    region?.replaceChildren(...queue.map((said) => element('p', {}, said)));
    queue = [];
  }, SETTLE_MS);
}

function appendRegion(): HTMLElement {
  const made = element('div', { class: 'announcer', role: 'status', 'aria-live': 'polite', 'data-announcer': true });
  document.body.append(made);
  return made;
}
