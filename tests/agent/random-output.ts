/** Output as no program writes it: texts, sequences and controls in any order, for properties. */
import fc from 'fast-check';

const number = fc.constantFrom('', '0', '1', '2', '3', '5', '8', '12', '40', '999');
const text = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
const wide = fc.constantFrom('é', '日本', '한', '👍', 'e\u0301', '👩\u200d💻', '─', '\ufe0f', '　', '\u0301');
const control = fc.constantFrom('\n', '\r\n', '\r', '\b', '\t', '\x0e', '\x0f', '\x07', '\v');
const octet = fc.integer({ min: 0, max: 159 }).map((code) => String.fromCharCode(code));

const cursorAndErasing = fc
  .tuple(number, number, fc.constantFrom(...'ABCDEFGHIJKLMPSTXZ@`abdefgrs'))
  .map(([first, second, final]) => `\x1b[${first};${second}${final}`);
const columns = fc
  .tuple(number, fc.constantFrom(' @', ' A', "'}", "'~"))
  .map(([count, final]) => `\x1b[${count}${final}`);
const look = fc
  .array(
    fc.constantFrom(
      ...['', '0', '1', '2', '3', '4', '4:3', '5', '7', '8', '9', '21', '22', '23', '24', '25', '27', '28', '29'],
      ...['31', '42', '95', '103', '38;5;200', '48;5;17', '38;2;1;2;3', '48:2::9:8:7', '58;5;3', '58:2::1:2:3'],
      ...['59', '39', '49', '53', '55'],
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((codes) => `\x1b[${codes.join(';')}m`);
const mode = fc
  .tuple(
    fc.constantFrom('?1', '?6', '?12', '?25', '?45', '?47', '?66', '?9', '?1000', '?1002', '?1003', '?1004', '?1006'),
    fc.constantFrom('h', 'l'),
  )
  .map(([name, final]) => `\x1b[${name}${final}`);
const rareMode = fc.constantFrom(
  ...['\x1b[4h', '\x1b[4l', '\x1b[20h', '\x1b[20l', '\x1b[?1016h', '\x1b[?2004h', '\x1b[?2004l', '\x1b[?1047h'],
  ...['\x1b[?1047l', '\x1b[!p', '\x1b[1"q', '\x1b[0"q', '\x1b[?K', '\x1b[?2J', '\x1bc', '\x1b[3 q', '\x1b[6 q'],
);
const short = fc.constantFrom(
  ...['\x1b7', '\x1bD', '\x1bE', '\x1bH', '\x1bM', '\x1b=', '\x1b>', '\x1bn', '\x1bo', '\x1b~', '\x1b|', '\x1b}'],
  ...['\x1b(0', '\x1b(B', '\x1b)0', '\x1b*A', '\x1b+0', '\x1b(K', '\x1b%G'],
);
const string = fc.constantFrom('\x1b]0;ti;tle\x07', '\x1b]2;x\x1b\\', '\x1bPabc\x1b\\', '\x1b_xx\x1b\\');

/** What xterm.js itself does in odd ways together is not mixed. */
const links = fc.constantFrom('\x1b]8;;http://x/\x1b\\', '\x1b]8;;\x07');
const restoring = fc.constantFrom('\x1b8', '\x1b[u', '\x1b[?1048h', '\x1b[?1048l', '\x1b[?1049h', '\x1b[?1049l');
const narrow = fc.constantFrom('\x1b[?7l', '\x1b[?7h');

function pieces(...more: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const common = [text, text, cursorAndErasing, cursorAndErasing, columns, look, mode, rareMode, short, string];
  return fc.oneof(...common, control, octet, ...more);
}

/** Up to some screens of it; each is the same for the same seed. */
export const output: fc.Arbitrary<Buffer> = fc
  .oneof(
    fc.array(pieces(wide, links), { maxLength: 40 }),
    fc.array(pieces(wide, restoring), { maxLength: 40 }),
    fc.array(pieces(restoring, narrow), { maxLength: 40 }),
  )
  .map((all) => Buffer.from(all.join('')));
