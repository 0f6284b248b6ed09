/** Dialogs that the page brings along: opened modally, closed by Escape, by their button, or by a click beside them. */

/** Opens the dialog with this id, or gives null where the page has none. */
export function openPageDialog(id: string): HTMLDialogElement | null {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return null;
  if (!dialog.open) dialog.showModal();
  return dialog;
}

export function connectDialogClosing(dialog: HTMLElement): void {
  dialog.addEventListener('click', ({ target }) => {
    const isClose = target instanceof Element && target.closest('[data-close]') !== null;
    if (dialog instanceof HTMLDialogElement && (isClose || target === dialog)) dialog.close();
  });
}
