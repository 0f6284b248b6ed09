/** What draws all of a terminal on one that was just reset: both screens, modes, character sets, cursor and pen. */
import type { Terminal } from '@xterm/headless';
import { serializeBuffer, serializeHidden } from './local-screen-buffer.ts';
import { serializeLastCell } from './local-screen-cells.ts';
import { findRestoredOn, serializeCharsets } from './local-screen-charsets.ts';
import { type Core, type CoreBuffer, coreOf } from './local-screen-core.ts';
import { serializeModes } from './local-screen-modes.ts';
import { createPen, type Pen } from './local-screen-pen.ts';

/**
 * An accent that combines with nothing, since a control character comes before it. Behind the last column xterm.js lets it
 * take the cursor further, and does not draw it.
 */
const ALONE = '\u0000\u0301';

/** `scrollback` lines above the normal screen; undefined: no cells at all. */
export function serializeTerminal(terminal: Terminal, scrollback: number | undefined): string {
  const core = coreOf(terminal);
  const pen = createPen(core);
  const { normal, alt, active } = core.buffers;
  const buffers = terminal.buffer;
  const parts = active === alt ? [] : [serializeHidden(alt, pen, terminal)];
  parts.push(serializeBuffer({ terminal, pen, buffer: buffers.normal, core: normal, scrollback }));
  if (active === alt) {
    // It is filled with the background of the pen.
    parts.push(`${pen.drop()}\u001b[?47h\u001b[H`);
    parts.push(serializeBuffer({ terminal, pen, buffer: buffers.alternate, core: alt, scrollback }));
  }
  const charsets = serializeCharsets(core);
  const restoredOn = findRestoredOn(core);
  // To restore a cursor moves it, and what is drawn to put it where it was is not in these sets.
  if (restoredOn) parts.push(charsets, pen.take(restoredOn.savedCurAttrData), onScreen(restoredOn, core, '\u001b8'));
  parts.push(serializeModes(terminal), serializeCursor(terminal, core, pen));
  if (!restoredOn) parts.push(charsets);
  parts.push(pen.take(core._inputHandler._curAttrData));
  return parts.join('');
}

function onScreen(buffer: CoreBuffer, { buffers }: Core, sequence: string): string {
  return buffer === buffers.active ? sequence : `\u001b[?47h${sequence}\u001b[?47l`;
}

function serializeCursor(terminal: Terminal, core: Core, pen: Pen): string {
  // Always said, for a reset does not show it, and nothing combines with the last cell then.
  const visibility = core.coreService.isCursorHidden ? '\u001b[?25l' : '\u001b[?25h';
  return `${placeCursor(terminal, core, pen)}${visibility}`;
}

function placeCursor(terminal: Terminal, { buffers }: Core, pen: Pen): string {
  const { cursorX: x, cursorY: y, baseY } = terminal.buffer.active;
  const { active, normal } = buffers;
  const isCounted = terminal.modes.originMode;
  const isOutside = isCounted && (y < active.scrollTop || y > active.scrollBottom);
  const isBehind = x >= terminal.cols;
  const beyond = isBehind ? ALONE.repeat(x - terminal.cols) : '';
  // Only a character takes it behind the last column, and only a change of the screen out of the margins: on the other one.
  if (active === normal && (isBehind || isOutside))
    return `\u001b[?47h\u001b[${y + 1};${x + 1}H${isBehind ? ' ' : ''}${beyond}\u001b[?47l`;
  const line = terminal.buffer.active.getLine(baseY + y);
  const lastCell = isBehind && line ? serializeLastCell(line, pen, terminal.cols) : '';
  return `\u001b[${y + 1 - (isCounted ? active.scrollTop : 0)};${x + 1}H${lastCell}${beyond}`;
}
