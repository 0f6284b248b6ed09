/** Hints that follow one another come one at a time: the next is offered when the one before was opened. */

export function showHintsInTurn(root: HTMLElement): void {
  for (const hint of root.querySelectorAll<HTMLDetailsElement>('.hint + .hint')) {
    const before = hint.previousElementSibling;
    if (!(before instanceof HTMLDetailsElement) || before.open) continue;
    hint.hidden = true;
    before.addEventListener('toggle', () => (hint.hidden = false), { once: true });
  }
}
