/** Whether a terminal may take the focus: the reader is in it, or nowhere in particular. */
export function isFocusFree(terminal: HTMLElement): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || terminal.contains(focused);
}
