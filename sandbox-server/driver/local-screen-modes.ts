/** What a terminal was told of keys, mouse, paste and cursor. */
import type { Terminal } from '@xterm/headless';
import { coreOf } from './local-screen-core.ts';

const CURSOR_SHAPES = ['block', 'underline', 'bar'];

/** For a terminal that was just reset. Origin mode moves the cursor. */
export function serializeModes(terminal: Terminal): string {
  const { modes, options } = terminal;
  const { coreService, coreMouseService } = coreOf(terminal);
  const changes: readonly (readonly [boolean, string])[] = [
    [modes.applicationCursorKeysMode, '?1h'],
    [modes.originMode, '?6h'],
    [!modes.wraparoundMode, '?7l'],
    [modes.reverseWraparoundMode, '?45h'],
    [modes.applicationKeypadMode, '?66h'],
    [modes.sendFocusMode, '?1004h'],
    [modes.bracketedPasteMode, '?2004h'],
    [modes.synchronizedOutputMode, '?2026h'],
    [modes.insertMode, '4h'],
    [modes.mouseTrackingMode === 'x10', '?9h'],
    [modes.mouseTrackingMode === 'vt200', '?1000h'],
    [modes.mouseTrackingMode === 'drag', '?1002h'],
    [modes.mouseTrackingMode === 'any', '?1003h'],
    [coreMouseService.activeEncoding === 'SGR', '?1006h'],
    [coreMouseService.activeEncoding === 'SGR_PIXELS', '?1016h'],
    // A reset leaves it as it was.
    [true, options.convertEol ? '20h' : '20l'],
  ];
  const sequences = changes.flatMap(([isSaid, mode]) => (isSaid ? [`\u001b[${mode}`] : []));
  return `${sequences.join('')}${serializeCursorStyle(coreService.decPrivateModes)}`;
}

/** DECSCUSR: the shapes by two, of which the odd number blinks. */
function serializeCursorStyle({ cursorStyle, cursorBlink }: { cursorStyle?: string; cursorBlink?: boolean }): string {
  if (cursorStyle === undefined) return '';
  return `\u001b[${CURSOR_SHAPES.indexOf(cursorStyle) * 2 + (cursorBlink ? 1 : 2)} q`;
}
