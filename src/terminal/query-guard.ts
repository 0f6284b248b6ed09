/**
 * Keeps a terminal from answering what a program asked of another one: in a replay, and on the screen of whoever only
 * watches. What was asked then was answered then; a second answer would be typed into the shell.
 */
import type { IDisposable, IParser, ITerminalAddon, Terminal } from '@xterm/headless';

/** Queries are seen by their last byte alone, so whether they are answered is decided where they end. */
type CsiQuery = Parameters<IParser['registerCsiHandler']>[0];

/** Device attributes 1 to 3, status and cursor position, modes (DECRQM, ANSI and private), XTVERSION, kitty's keyboard. */
const csiQueries: readonly CsiQuery[] = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
  { prefix: '>', final: 'q' },
  { prefix: '?', final: 'u' },
];

/** Palette, text, ground and cursor: a `?` where the colour would be asks for it. */
const colourCommands = [4, 10, 11, 12] as const;

/** Window operations from 11 on are reports, apart from resizing to a number of lines and the title stack (XTWINOPS). */
const FIRST_REPORT = 11;
const TITLE_STACK = [22, 23] as const;
const FIRST_LINES = 24;

/** Asks for a status string: `DCS $ q … ST`. */
const DECRQSS = { intermediates: '$', final: 'q' } as const;

type Param = number | number[];

export class QueryGuard implements ITerminalAddon {
  /** Whether what is being read may be answered. */
  isAnswering = false;
  #handlers: readonly IDisposable[] = [];

  activate({ parser }: Pick<Terminal, 'parser'>): void {
    const isKept = (): boolean => !this.isAnswering;
    this.#handlers = [
      ...csiQueries.map((query) => parser.registerCsiHandler(query, isKept)),
      ...colourCommands.map((command) => parser.registerOscHandler(command, (data) => isKept() && asksColour(data))),
      parser.registerCsiHandler({ final: 't' }, (params) => isKept() && asksWindow(params)),
      parser.registerDcsHandler(DECRQSS, isKept),
    ];
  }

  dispose(): void {
    for (const handler of this.#handlers) handler.dispose();
  }
}

function asksColour(data: string): boolean {
  return data.split(';').includes('?');
}

function asksWindow([operation]: readonly Param[]): boolean {
  const number = Number(operation);
  return number >= FIRST_REPORT && number < FIRST_LINES && !TITLE_STACK.some((each) => each === number);
}
