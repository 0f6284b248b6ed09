/** On a phone the terminal is a sheet that comes up from below; on a wide window this does nothing that is seen. */

export interface Sheet {
  open(): void;
}

export interface SheetParts {
  readonly root: HTMLElement;
  readonly sheet: HTMLElement;
  readonly openButton: HTMLElement;
  readonly closeButton: HTMLElement;
  /** Moves the focus into what the sheet shows. */
  readonly enter: () => void;
}

export function createSheet({ root, sheet, openButton, closeButton, enter }: SheetParts): Sheet {
  const show = (isOpen: boolean): void => {
    root.toggleAttribute('data-sheet-open', isOpen);
    openButton.setAttribute('aria-expanded', String(isOpen));
  };
  const open = (): void => {
    /* Where its button is not shown, the terminal stands beside the text and is no sheet. */
    if (root.hasAttribute('data-sheet-open') || openButton.offsetParent === null) return;
    show(true);
    enter();
  };
  openButton.addEventListener('click', open);
  closeButton.addEventListener('click', () => {
    show(false);
    openButton.focus();
  });
  followKeyboard(sheet);
  return { open };
}

/** A phone's keyboard lies over the page and not under it; the sheet ends where the keyboard begins. */
function followKeyboard(sheet: HTMLElement): void {
  const viewport = window.visualViewport;
  if (viewport === null) return;
  const follow = (): void => {
    const coveredPx = Math.max(0, innerHeight - viewport.height - viewport.offsetTop);
    sheet.style.setProperty('--keyboard-height', `${Math.round(coveredPx)}px`);
  };
  viewport.addEventListener('resize', follow);
  viewport.addEventListener('scroll', follow);
}
