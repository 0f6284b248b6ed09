/** Searches the docs by Pagefind's index, in the language of the page. */

/** More results than this are not read, but refined. */
const MOST_RESULTS = 10;
const ENGINE = '/pagefind/pagefind.js';

interface FoundPage {
  url: string;
  excerpt: string;
  meta: { title?: string };
}

interface SearchEngine {
  options(settings: { noWorker: boolean }): Promise<void>;
  /** Null when a later call has overtaken this one. */
  debouncedSearch(query: string): Promise<{ results: { data(): Promise<FoundPage> }[] } | null>;
}

let engine: Promise<SearchEngine> | undefined;

function loadEngine(): Promise<SearchEngine> {
  engine ??= startEngine();
  return engine;
}

/** Without a worker: a worker obeys the policy of its own file, and the server's files of scripts may fetch nothing. */
async function startEngine(): Promise<SearchEngine> {
  const loaded = (await import(/* @vite-ignore */ ENGINE)) as SearchEngine;
  await loaded.options({ noWorker: true });
  return loaded;
}

export function connectSearch(): void {
  const dialog = document.querySelector<HTMLDialogElement>('[data-search]');
  const opener = document.querySelector<HTMLButtonElement>('[data-search-open]');
  const input = dialog?.querySelector('input');
  if (!dialog || !opener || !input) return;
  const open = (): void => {
    if (!dialog.open) dialog.showModal();
    input.select();
    void loadEngine().catch(() => undefined);
  };
  opener.addEventListener('click', open);
  addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
    event.preventDefault();
    open();
  });
  // A click on the ground around the dialog is a click on the dialog element itself.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('keydown', (event) => moveThroughResults(dialog, event));
  input.addEventListener('input', () => void search(dialog, input.value.trim()));
}

async function search(dialog: HTMLDialogElement, query: string): Promise<void> {
  try {
    const found = query === '' ? { results: [] } : await (await loadEngine()).debouncedSearch(query);
    if (found === null) return;
    const pages = await Promise.all(found.results.slice(0, MOST_RESULTS).map((result) => result.data()));
    show(dialog, pages, query === '' ? '' : countText(dialog, found.results.length, query));
  } catch {
    engine = undefined;
    show(dialog, [], dialog.dataset['failed'] ?? '');
  }
}

function countText(dialog: HTMLDialogElement, count: number, query: string): string {
  const text = count === 0 ? dialog.dataset['none'] : count === 1 ? dialog.dataset['one'] : dialog.dataset['many'];
  return (text ?? '').replace('{count}', String(count)).replace('{query}', () => query);
}

function show(dialog: HTMLDialogElement, pages: readonly FoundPage[], text: string): void {
  const status = dialog.querySelector('[role="status"]');
  if (status) status.textContent = text;
  dialog.querySelector('ol')?.replaceChildren(...pages.map(makeResult));
}

function makeResult({ url, meta, excerpt }: FoundPage): HTMLLIElement {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const passage = document.createElement('p');
  link.href = url;
  link.textContent = meta.title ?? url;
  // Pagefind's excerpt is escaped text of our own pages, with <mark> around what was found.
  passage.innerHTML = excerpt;
  item.append(link, passage);
  return item;
}

/** Arrow keys walk from the field through the results and back. */
function moveThroughResults(dialog: HTMLDialogElement, event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const stops = [...dialog.querySelectorAll<HTMLElement>('input, ol a')];
  const here = stops.findIndex((stop) => stop === document.activeElement);
  stops[here + step]?.focus();
  event.preventDefault();
}
