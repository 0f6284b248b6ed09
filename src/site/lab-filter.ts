/** Which labs the list shows, as its address says it: `?level=beginner&tag=pods&q=probe`. Pure. */

export interface LabFilter {
  /** Empty for any. */
  readonly level: string;
  readonly tag: string;
  /** What was typed into the search. */
  readonly query: string;
}

/** What of a lab is looked at. */
export interface FilteredLab {
  readonly level: string;
  readonly tags: readonly string[];
  /** What its row says, and its goals. */
  readonly words: string;
}

/** Longer than this is no search, and would not fit an address. */
const MAX_QUERY = 200;

/** From the part of an address after the `?`. */
export function readFilter(search: string): LabFilter {
  const values = new URLSearchParams(search);
  const value = (name: string): string => (values.get(name) ?? '').trim().slice(0, MAX_QUERY);
  return { level: value('level'), tag: value('tag'), query: value('q') };
}

/** The part of an address from the `?` on; empty where nothing is filtered. */
export function writeFilter({ level, tag, query }: LabFilter): string {
  const values = Object.entries({ level, tag, q: query.trim() }).filter(([, value]) => value !== '');
  return values.length === 0 ? '' : `?${new URLSearchParams(values).toString()}`;
}

/** A choice of the page: a level, a tag, or `all` for no filter. An empty value is any. */
export interface FilterChoice {
  readonly filter?: string;
  readonly value?: string;
}

export function afterChoice(filter: LabFilter, { filter: name, value = '' }: FilterChoice): LabFilter {
  if (name === 'level') return { ...filter, level: value };
  return name === 'tag' ? { ...filter, tag: value } : { level: '', tag: '', query: '' };
}

/** True for a lab of the level and the tag that has every word of the query, in any order, in upper or lower case. */
export function isFound(lab: FilteredLab, { level, tag, query }: LabFilter): boolean {
  if (level !== '' && lab.level !== level) return false;
  if (tag !== '' && !lab.tags.includes(tag)) return false;
  const words = plain(lab.words);
  return plain(query)
    .split(/\s+/)
    .every((word) => words.includes(word));
}

/** Without accents and with one kind of apostrophe: nobody types those of a book into a search. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase();
}
