/** The tabs over the terminals: one a shell, a way to have another, and two beside each other. */
import { MAX_TERMINALS } from '../../sandbox-server/protocol/frames.ts';
import { button, element } from './dom.ts';
import { text } from './page-texts.ts';

export interface Tab {
  readonly name: string;
  /** The program in the foreground, where it is known. */
  readonly program: string | null;
  readonly isShown: boolean;
  readonly isActive: boolean;
}

export interface TabStripActions {
  readonly select: (name: string) => void;
  readonly add: () => void;
  readonly close: (name: string) => void;
  readonly toggleSplit: () => void;
}

export class TabStrip {
  readonly element: HTMLElement;
  readonly #actions: TabStripActions;
  readonly #tabs = element('div', { class: 'tab-list' });
  readonly #add: HTMLButtonElement;
  readonly #split: HTMLButtonElement;

  constructor(actions: TabStripActions) {
    this.#actions = actions;
    this.#add = button('+', actions.add, { class: 'tab-add', 'aria-label': text('tabs.add'), title: text('tabs.add') });
    this.#split = button(text('tabs.split'), actions.toggleSplit, { class: 'tab-split', 'aria-pressed': 'false' });
    this.element = element(
      'div',
      { class: 'tab-strip', role: 'group', 'aria-label': text('tabs.label') },
      this.#tabs,
      this.#add,
      this.#split,
    );
  }

  show(tabs: readonly Tab[]): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['tab'] : undefined;
    this.#tabs.replaceChildren(...tabs.map((tab) => this.#item(tab, tabs.length > 1)));
    if (focused !== undefined) this.#tabs.querySelector<HTMLElement>(`[data-tab="${focused}"]`)?.focus();
    const isFull = tabs.length >= MAX_TERMINALS;
    this.#add.setAttribute('aria-disabled', String(isFull));
    this.#add.title = text(isFull ? 'tabs.full' : 'tabs.add');
    this.#split.setAttribute('aria-pressed', String(tabs.filter(({ isShown }) => isShown).length > 1));
  }

  /** Only the one in use can be closed: what is not seen is not ended by a slip. */
  #item(tab: Tab, isOneOfMany: boolean): HTMLElement {
    const { name, program, isActive, isShown } = tab;
    const label = text('tabs.tab', { number: name });
    const select = button(program ?? label, () => this.#actions.select(name), {
      class: 'tab',
      'data-tab': name,
      'aria-current': isActive ? 'true' : undefined,
      'aria-label': program === null ? label : `${label}, ${program}`,
    });
    select.prepend(element('span', { class: 'tab-number', 'aria-hidden': 'true' }, program === null ? '' : name));
    const item = element('span', { class: 'tab-item', 'data-shown': isShown }, select);
    if (!isActive || !isOneOfMany) return item;
    const close = text('tabs.close', { number: name });
    item.append(
      button('×', () => this.#actions.close(name), { class: 'tab-close', 'aria-label': close, title: close }),
    );
    return item;
  }
}
