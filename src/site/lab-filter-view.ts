/** Shows the list of labs as a filter says: which rows, how many, and which choices are on. */
import { afterChoice, isFound, writeFilter, type LabFilter } from './lab-filter.ts';

export interface ListedLab {
  readonly row: HTMLElement;
  readonly id: string;
  readonly level: string;
  readonly tags: readonly string[];
  readonly words: string;
}

export function readRows(): ListedLab[] {
  return [...document.querySelectorAll<HTMLElement>('[data-lab]')].map((row) => {
    const { lab = '', level = '', tags = '', goals = '' } = row.dataset;
    return { row, id: lab, level, tags: tags.split(' '), words: `${row.textContent} ${goals}` };
  });
}

/** Which choices are on, and where each of the others leads together with what else is on. */
export function showChoices(filter: LabFilter): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-lab-filters] [data-filter]')) {
    const isOn = link.dataset['value'] === (link.dataset['filter'] === 'level' ? filter.level : filter.tag);
    if (isOn) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
    const folded = link.closest('details');
    if (isOn && folded) folded.open = true;
    link.href = writeFilter(afterChoice(filter, link.dataset)) || location.pathname;
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-language-switch]')) {
    link.search = writeFilter(filter);
  }
}

/** Shows those that are found, and answers with how many in words; of a lab that is in two paths, a search shows one. */
export function showLabs(labs: readonly ListedLab[], filter: LabFilter): string {
  const isFiltered = writeFilter(filter) !== '';
  const found = new Set<string>();
  for (const lab of labs) {
    const isShown = isFound(lab, filter) && !(isFiltered && found.has(lab.id));
    if (isShown) found.add(lab.id);
    lab.row.hidden = !isShown;
  }
  for (const group of document.querySelectorAll<HTMLElement>('[data-lab-group]')) {
    group.hidden = group.querySelector('[data-lab]:not([hidden])') === null;
  }
  const none = document.querySelector<HTMLElement>('[data-lab-none]');
  if (none) none.hidden = found.size > 0;
  return showCount(found.size, new Set(labs.map(({ id }) => id)).size, isFiltered);
}

function showCount(count: number, all: number, isFiltered: boolean): string {
  const line = document.querySelector<HTMLElement>('[data-lab-count]');
  const { everyOne, every, some, none } = line?.dataset ?? {};
  const text = count === 0 ? none : isFiltered ? some : all === 1 ? everyOne : every;
  const words = (text ?? '').replace('{count}', String(count)).replace('{all}', String(all));
  if (line) line.textContent = words;
  return words;
}
