/** Filters the list of labs as its address says, and changes the address as the reader chooses and types. */
import { announce } from '../terminal/announcer.ts';
import { afterChoice, readFilter, writeFilter, type LabFilter } from './lab-filter.ts';
import { readRows, showChoices, showLabs } from './lab-filter-view.ts';

/** Between two keys of one word: the address is written, and the count said, when the reader pauses. */
const PAUSE_MS = 500;

export function connectLabFilters(): void {
  const input = document.querySelector<HTMLInputElement>('[data-lab-filters] input');
  if (!input) return;
  const labs = readRows();
  const show = (filter: LabFilter): string => {
    showChoices(filter);
    return showLabs(labs, filter);
  };
  const showAddress = (): string => {
    const filter = readFilter(location.search);
    input.value = filter.query;
    return show(filter);
  };
  const typed = (): LabFilter => ({ ...readFilter(location.search), query: input.value });
  const stopTyping = connectTyping(input, () => show(typed()), typed);
  const go = (filter: LabFilter): void => {
    stopTyping();
    history.pushState(null, '', addressOf(filter));
    announce(showAddress());
  };
  input.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    go(typed());
  });
  connectChoices((choice) => {
    go(afterChoice(typed(), choice));
    // The button that shows all goes away with the words around it.
    if (choice['filter'] === 'all') input.focus();
  });
  addEventListener('popstate', () => {
    stopTyping();
    announce(showAddress());
  });
  showAddress();
  delete document.documentElement.dataset['filtering'];
}

/** Shows at each key, writes and says at a pause; the answer forgets what waits for one. */
function connectTyping(input: HTMLInputElement, show: () => string, typed: () => LabFilter): () => void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  const forget = (): void => clearTimeout(pause);
  input.addEventListener('input', () => {
    forget();
    const count = show();
    pause = setTimeout(() => {
      history.replaceState(null, '', addressOf(typed()));
      announce(count);
    }, PAUSE_MS);
  });
  return forget;
}

function connectChoices(onChoice: (choice: DOMStringMap) => void): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-filter]') : null;
    // A tab or a window of its own is the browser's to open.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onChoice(link.dataset);
  });
}

function addressOf(filter: LabFilter): string {
  return location.pathname + writeFilter(filter);
}
