import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import headless from '@xterm/headless';
import { QueryGuard } from '../../src/terminal/query-guard.ts';

const ESC = '\x1b';
const ST = `${ESC}\\`;

/** What programs ask of a terminal: name, query, whether xterm.js without a screen answers it. */
const corpus: readonly (readonly [name: string, query: string, isAnswered: boolean])[] = [
  ['DA1', `${ESC}[c`, true],
  ['DA1 with a parameter', `${ESC}[0c`, true],
  ['DA2', `${ESC}[>c`, true],
  ['DA3', `${ESC}[=c`, false],
  ['DSR', `${ESC}[5n`, true],
  ['CPR', `${ESC}[6n`, true],
  ['DECXCPR', `${ESC}[?6n`, true],
  ['DECRQM', `${ESC}[?2026$p`, true],
  ['DECRQM, ANSI', `${ESC}[4$p`, true],
  ['DECRQSS', `${ESC}P$qm${ST}`, true],
  ['DECRQSS of the cursor', `${ESC}P$q q${ST}`, true],
  ['XTVERSION', `${ESC}[>q`, false],
  ['kitty keyboard', `${ESC}[?u`, false],
  ['OSC 4', `${ESC}]4;1;?${ST}`, false],
  ['OSC 10', `${ESC}]10;?\x07`, false],
  ['OSC 11', `${ESC}]11;?${ST}`, false],
  ['OSC 12', `${ESC}]12;?\x07`, false],
  ['size of the window in cells', `${ESC}[18t`, true],
  ['size of the window in pixels', `${ESC}[14t`, false],
  ['title', `${ESC}[21t`, false],
];

interface Answering {
  readonly terminal: headless.Terminal;
  /** Draws in one go each; resolves when all is read. */
  readonly draw: (...pieces: readonly (readonly [bytes: string, isAnswered: boolean])[]) => Promise<void>;
  readonly answers: string[];
}

function makeTerminal(): Answering {
  const options = { allowProposedApi: true, cols: 80, rows: 24, windowOptions: { getWinSizeChars: true } };
  const terminal = new headless.Terminal(options);
  const guard = new QueryGuard();
  terminal.loadAddon(guard);
  const answers: string[] = [];
  terminal.onData((answer) => answers.push(answer));
  return {
    terminal,
    answers,
    async draw(...pieces) {
      for (const [bytes, isAnswered] of pieces) {
        terminal.write('', () => (guard.isAnswering = isAnswered));
        await new Promise<void>((resolve) => terminal.write(bytes, resolve));
      }
    },
  };
}

describe('a terminal that replays, or only watches', () => {
  for (const [name, query] of corpus) {
    it(`does not answer ${name}, wherever it is cut`, async () => {
      for (let cut = 0; cut <= query.length; cut += 1) {
        const { answers, draw } = makeTerminal();
        await draw([`before${query.slice(0, cut)}`, false], [`${query.slice(cut)}after`, false]);
        assert.deepEqual(answers, [], `cut at ${cut}`);
      }
    });
  }

  it('still does what is no question: colours, sizes, modes, titles', async () => {
    const { terminal, draw } = makeTerminal();
    await draw([`${ESC}[?1049h${ESC}[?2004h${ESC}]11;#000000${ST}${ESC}[22;0t${ESC}[2;3Hx`, false]);
    assert.equal(terminal.buffer.active.type, 'alternate');
    assert.equal(terminal.modes.bracketedPasteMode, true);
    assert.equal(terminal.buffer.active.getLine(1)?.translateToString(true), '  x');
  });
});

describe('a terminal in use', () => {
  for (const [name, query, isAnswered] of corpus) {
    if (!isAnswered) continue;
    it(`answers ${name} once, also where the question began in the replay`, async () => {
      /* Of the two bytes that end a string (ESC \\), xterm.js takes the first for its end. */
      const end = query.endsWith(ST) ? query.length - 1 : query.length;
      for (let cut = 0; cut < end; cut += 1) {
        const { answers, draw } = makeTerminal();
        await draw([query.slice(0, cut), false], [query.slice(cut), true]);
        assert.equal(answers.length, 1, `cut at ${cut}: ${JSON.stringify(answers)}`);
      }
    });
  }
});
