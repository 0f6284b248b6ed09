/** Keys that a phone's keyboard lacks, above it. */
import { button, element } from './dom.ts';
import { rowKeys, type RowKey } from './keys.ts';
import { type PageTextKey, text } from './page-texts.ts';

/** What is written on a key, and what it is called where that says nothing when read aloud. */
const faces: Readonly<Record<RowKey, { readonly label: string; readonly name?: PageTextKey }>> = {
  Escape: { label: 'Esc' },
  Tab: { label: 'Tab' },
  ArrowLeft: { label: '←', name: 'key.ArrowLeft' },
  ArrowUp: { label: '↑', name: 'key.ArrowUp' },
  ArrowDown: { label: '↓', name: 'key.ArrowDown' },
  ArrowRight: { label: '→', name: 'key.ArrowRight' },
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
    const { label, name } = faces[key];
    row.append(button(label, () => press(key), { 'aria-label': name && text(name) }));
  }
  row.children[1]?.after(ctrl);
  /* A key must not take the focus from the terminal: the phone's keyboard would go away. */
  row.addEventListener('pointerdown', (event) => event.preventDefault());
  return { element: row, releaseCtrl: () => ctrl.setAttribute('aria-pressed', 'false') };
}
