import type { Terminal } from '../../sandbox-server/driver/driver.ts';

/** A person at a terminal in a test: types, and waits for what the screen says. */
export interface TerminalReader {
  /** All that was read so far, as text. */
  readonly text: string;
  /** How often this ASCII character has come. */
  count(character: string): number;
  type(text: string): Promise<void>;
  /** Types a command and Enter, and gives what is printed up to and with the match. */
  run(command: string, answer: RegExp): Promise<string>;
  waitFor(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves when the output has ended. */
  readonly ended: Promise<void>;
}

/** Of a flood only the end is kept: enough for a screen, little enough to be searched at each piece. */
const KEPT_CHARACTERS = 64 * 1024;

/** Reads a terminal from now on. */
export function readTerminal(terminal: Terminal): TerminalReader {
  let text = '';
  const counts = new Uint32Array(256);
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const decoder = new TextDecoder();
  const notify = () => {
    for (const watcher of [...watchers]) watcher();
  };
  const ended = (async () => {
    for await (const bytes of terminal.output) {
      for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
      text = (text + decoder.decode(bytes, { stream: true })).slice(-KEPT_CHARACTERS);
      notify();
    }
    hasEnded = true;
    notify();
  })();

  function waitFor(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = text.match(pattern);
        if (!match && !hasEnded) return;
        watchers.delete(look);
        if (match) resolve(match);
        else reject(new Error(`The terminal ended without ${String(pattern)}. Its last words: ${text.slice(-500)}`));
      };
      watchers.add(look);
      look();
    });
  }
  const type = (input: string) => terminal.write(Buffer.from(input));

  return {
    get text() {
      return text;
    },
    count: (character) => counts[character.charCodeAt(0)] ?? 0,
    ended,
    type,
    waitFor,
    async run(command, answer) {
      text = '';
      await type(`${command}\r`);
      await waitFor(answer);
      return text;
    },
  };
}
