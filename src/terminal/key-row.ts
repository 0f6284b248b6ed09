/** Keys that a phone's keyboard lacks, above it. */
import { button, element } from './dom.ts';
import { rowKeys, type RowKey } from './keys.ts';
import { text } from './page-texts.ts';

const labels: Readonly<Record<RowKey, string>> = {
  Escape: 'Esc',
  Tab: 'Tab',
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowRight: '→',
};

export interface KeyRow {
  readonly element: HTMLElement;
  /** Shows Ctrl as up again, once a key was pressed with it. */
  releaseCtrl(): void;
}

export function createKeyRow(press: (key: RowKey) => void, holdCtrl: (isHeld: boolean) => void): KeyRow {
  const row = element('div', { class: 'key-row', role: 'group', 'aria-label': text('terminal.keys') });
  const ctrl = button('Ctrl', () => setCtrl(ctrl.getAttribute('aria-pressed') !== 'true'), { 'aria-pressed': 'false' });
  const setCtrl = (isHeld: boolean): void => {
    ctrl.setAttribute('aria-pressed', String(isHeld));
    holdCtrl(isHeld);
  };
  for (const key of rowKeys) {
    /* Esc and Tab are called what is written on them. */
    const name = key.startsWith('Arrow') ? key : undefined;
    row.append(button(labels[key], () => press(key), { 'aria-label': name }));
  }
  row.children[1]?.after(ctrl);
  /* A key must not take the focus from the terminal: the phone's keyboard would go away. */
  row.addEventListener('pointerdown', (event) => event.preventDefault());
  return { element: row, releaseCtrl: () => ctrl.setAttribute('aria-pressed', 'false') };
}
