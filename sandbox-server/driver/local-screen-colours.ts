/** The window's title and the colours that a program has set: a terminal without a window does not keep them. */
import type { Terminal } from '@xterm/headless';

/** What fits a window's title; more is not kept. */
const MAX_TITLE_CHARACTERS = 256;
/** Colours that a program may set: foreground, background, cursor. Their resets are 100 higher. */
const NAMED_COLOURS = [10, 11, 12];
const INDEXED_COLOURS = 4;
const RESET = 100;

export interface TitleAndColours {
  serialize(): string;
}

export function watchTitleAndColours(terminal: Terminal): TitleAndColours {
  const colours = new Map<string, string>();
  let title = '';
  terminal.onTitleChange((changed) => (title = changed.slice(0, MAX_TITLE_CHARACTERS)));
  // Each handler only listens: the terminal's own comes next.
  terminal.parser.registerEscHandler({ final: 'c' }, () => {
    colours.clear();
    return false;
  });
  watchColours(terminal, colours);
  return {
    serialize: () =>
      [
        ...[...colours].map(([place, colour]) => `\u001b]${place};${colour}\u001b\\`),
        title && `\u001b]2;${title}\u001b\\`,
      ].join(''),
  };
}

/** By place, as OSC names it: `4;1`, `11`. A question (`?`) changes nothing. */
function watchColours(terminal: Terminal, colours: Map<string, string>): void {
  const onOsc = (number: number, listen: (fields: readonly string[]) => void) =>
    terminal.parser.registerOscHandler(number, (text) => {
      listen(text.split(';'));
      return false;
    });
  const set = (place: string, colour = '?') => {
    if (/^[\w#:/]{1,32}$/.test(colour)) colours.set(place, colour);
  };
  onOsc(INDEXED_COLOURS, (fields) => {
    for (let each = 0; each + 1 < fields.length; each += 2)
      if (/^\d{1,3}$/.test(fields[each] ?? '')) set(`${INDEXED_COLOURS};${fields[each]}`, fields[each + 1]);
  });
  onOsc(INDEXED_COLOURS + RESET, (fields) => {
    for (const place of colours.keys()) {
      const [kind, index = ''] = place.split(';');
      if (kind === String(INDEXED_COLOURS) && (fields[0] === '' || fields.includes(index))) colours.delete(place);
    }
  });
  for (const named of NAMED_COLOURS) {
    // `OSC 10;a;b` sets this one and the next.
    onOsc(named, (fields) => fields.forEach((colour, each) => named + each <= 12 && set(String(named + each), colour)));
    onOsc(named + RESET, () => colours.delete(String(named)));
  }
}
