/** Finds text in what the terminal has printed: a small bar over its upper edge. */
import type { ISearchOptions, SearchAddon } from '@xterm/addon-search';
import { button, element } from './dom.ts';
import { text } from './page-texts.ts';
import { readColour } from './theme.ts';

export interface SearchBarOptions {
  readonly search: SearchAddon;
  readonly onClose: () => void;
}

export class SearchBar {
  readonly element: HTMLElement;
  readonly #options: SearchBarOptions;
  readonly #input = element('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
  readonly #count = element('span', { class: 'search-count', role: 'status' });

  constructor(options: SearchBarOptions) {
    this.#options = options;
    this.#input.setAttribute('aria-label', text('search.label'));
    this.element = element(
      'search',
      { class: 'terminal-search', hidden: true },
      this.#input,
      this.#count,
      button('↑', () => this.#find('previous'), {
        'aria-label': text('search.previous'),
        title: text('search.previous'),
      }),
      button('↓', () => this.#find('next'), { 'aria-label': text('search.next'), title: text('search.next') }),
      button('×', () => this.close(), { 'aria-label': text('search.close'), title: text('search.close') }),
    );
    this.#input.addEventListener('input', () => this.#find('here'));
    this.element.addEventListener('keydown', (key) => this.#onKey(key));
    options.search.onDidChangeResults(({ resultIndex, resultCount }) => this.#showCount(resultIndex, resultCount));
  }

  /** Opens with what is selected, if that is one line. */
  open(selection: string): void {
    this.element.hidden = false;
    if (selection !== '' && !selection.includes('\n')) this.#input.value = selection;
    this.#input.focus();
    this.#input.select();
    this.#find('here');
  }

  close(): void {
    this.element.hidden = true;
    this.#options.search.clearDecorations();
    this.#options.onClose();
  }

  #onKey(key: KeyboardEvent): void {
    key.stopPropagation();
    if (key.key === 'Escape') this.close();
    if (key.key !== 'Enter' || key.target !== this.#input) return;
    key.preventDefault();
    this.#find(key.shiftKey ? 'next' : 'previous');
  }

  /** Upwards by Enter, as in every terminal: what is wanted was printed before. */
  #find(direction: 'here' | 'next' | 'previous'): void {
    const { search } = this.#options;
    const { value } = this.#input;
    if (value === '') {
      search.clearDecorations();
      this.#count.textContent = '';
    } else if (direction === 'next') search.findNext(value, this.#marks());
    else search.findPrevious(value, { ...this.#marks(), incremental: direction === 'here' });
  }

  #marks(): ISearchOptions {
    const colour = (token: `--${string}`): string => readColour(token, this.element);
    return {
      decorations: {
        matchBackground: colour('--terminal-match'),
        matchOverviewRuler: colour('--terminal-match'),
        activeMatchBackground: colour('--terminal-match-active'),
        activeMatchColorOverviewRuler: colour('--terminal-match-active'),
        activeMatchBorder: colour('--terminal-cursor'),
      },
    };
  }

  #showCount(index: number, count: number): void {
    if (this.element.hidden || this.#input.value === '') return;
    this.#count.textContent = count === 0 ? text('search.none') : text('search.count', { index: index + 1, count });
  }
}
