/** A question that must be answered before anything else goes on. */
import { button, element } from './dom.ts';

export interface Choice {
  readonly label: string;
  readonly isMain?: boolean;
  readonly action?: string;
  readonly choose: () => void;
}

export interface DialogOptions {
  readonly title: string;
  readonly body?: readonly (Node | string)[];
  /** Ids of what in the body is read out with the title. */
  readonly describedBy?: string;
  /** The first is what Enter takes: one that loses nothing. */
  readonly choices: readonly Choice[];
  /** However it was closed; after the choice, if one was made. */
  readonly onClose?: () => unknown;
}

let dialogs = 0;

/** Opens a dialog in `host` and takes it away once it is answered; the focus goes back to where it was. */
export function askInDialog(
  host: HTMLElement,
  { title, body = [], describedBy, choices, onClose }: DialogOptions,
): HTMLDialogElement {
  dialogs += 1;
  const titleId = `podium-dialog-${dialogs}`;
  const dialog = element('dialog', {
    class: 'terminal-dialog',
    'aria-labelledby': titleId,
    'aria-describedby': describedBy,
  });
  const buttons = choices.map(({ label, isMain, action, choose }) => {
    const press = (): void => {
      dialog.close();
      choose();
    };
    return button(label, press, { class: `button${isMain ? ' button-main' : ''}`, 'data-action': action });
  });
  dialog.append(
    element('p', { id: titleId, class: 'dialog-title' }, title),
    ...body,
    element('div', { class: 'dialog-choices' }, ...buttons.toReversed()),
  );
  /* Keys in a dialog are none of the terminal's. */
  dialog.addEventListener('keydown', (key) => key.stopPropagation());
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClose?.();
  });
  host.append(dialog);
  dialog.showModal();
  buttons[0]?.focus();
  return dialog;
}
