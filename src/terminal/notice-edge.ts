/** Keeps what is said over a terminal off the line on which the learner types. */
import type { Terminal } from '@xterm/xterm';

export type Edge = 'top' | 'bottom';

export interface CoveredScreen {
  readonly cursorRow: number;
  readonly rows: number;
  /** How many rows the notices hide at either edge. */
  readonly coveredRows: number;
}

/** Which edge notices lie over: the one where they are, unless they hide the cursor there and would not at the other. */
export function noticeEdge(now: Edge, { cursorRow, rows, coveredRows }: CoveredScreen): Edge {
  const hides = { top: cursorRow < coveredRows, bottom: cursorRow >= rows - coveredRows };
  const other = now === 'top' ? 'bottom' : 'top';
  return hides[now] && !hides[other] ? other : now;
}

/** Moves the notices whenever they or the cursor change, until `signal`. Each time there are new ones they begin at the top. */
export function keepOffCursor(notices: HTMLElement, terminal: Terminal, signal: AbortSignal): void {
  const screen = terminal.element?.querySelector('.xterm-screen') ?? null;
  const heightsPx = new Map<Element | null, number>();
  let edge: Edge = 'top';
  const place = (): void => {
    const noticePx = heightsPx.get(notices) ?? 0;
    const rowPx = (heightsPx.get(screen) ?? 0) / terminal.rows;
    const coveredRows = rowPx > 0 ? Math.ceil(noticePx / rowPx) : 0;
    const cursorRow = terminal.buffer.active.cursorY;
    edge = noticePx === 0 ? 'top' : noticeEdge(edge, { cursorRow, rows: terminal.rows, coveredRows });
    notices.dataset['edge'] = edge;
    /* The search bar lies under those at the top. */
    notices.parentElement?.style.setProperty('--notices-above', edge === 'top' ? `${noticePx}px` : '0px');
  };
  /* Sizes are told rather than asked for: a question at every move of the cursor would lay the page out anew each time. */
  const observer = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) heightsPx.set(target, contentRect.height);
    place();
  });
  for (const watched of [notices, screen]) if (watched !== null) observer.observe(watched);
  signal.addEventListener('abort', () => observer.disconnect());
  terminal.onCursorMove(() => {
    if (heightsPx.get(notices) !== 0) place();
  });
}
