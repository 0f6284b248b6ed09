/** How small the text of a watched terminal must be, so that the writer's whole screen is seen in another window. */
import type { TerminalSize } from './client.ts';

/** Smaller than this nobody reads; then the window scrolls. */
const SMALLEST_PX = 7;

/** The largest whole size at which `shown` fits, if at `px` there is room for `room`; never above `wantedPx`. */
export function fitFontPx(px: number, room: TerminalSize, shown: TerminalSize, wantedPx: number): number {
  const scale = Math.min(room.columns / shown.columns, room.rows / shown.rows);
  return Math.min(wantedPx, Math.max(SMALLEST_PX, Math.floor(px * scale)));
}
