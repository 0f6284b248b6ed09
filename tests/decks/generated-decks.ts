/** Decks by chance, each of four features or more; the same seed gives the same decks. */
import fc from 'fast-check';
import type { ComparedDeck } from './compare.ts';
import { features } from './features.ts';
import { pieces } from './pieces.ts';

const LEAST_FEATURES = 4;

const separators = [
  { head: '', horizontal: '---', vertical: '--' },
  { head: '', horizontal: '---', vertical: '----' },
  { head: '', horizontal: '---', vertical: '___' },
  {
    head: "separator: '^\\r?\\n===\\r?\\n'\nverticalSeparator: '^\\r?\\n~~\\r?\\n'\n",
    horizontal: '===',
    vertical: '~~',
  },
  { head: "separator: '<!--s-->'\nverticalSeparator: '<!--v-->'\n", horizontal: '<!--s-->', vertical: '<!--v-->' },
] as const;

const heads = [
  '',
  'title: A deck\n',
  'title: Un jeu\nreveal:\n  transition: slide\n  markdown:\n    smartypants: true\n',
  'reveal:\n  markdown:\n    animateLists: true\n',
  "notesSeparator: '^Speaker:'\n",
];

const slide = fc.array(fc.constantFrom(...pieces), { minLength: 0, maxLength: 5 });
const noteWords = fc.constantFrom('Note:', 'note:', 'Notes:', 'NOTES:', 'Speaker:');
const note = fc.option(fc.tuple(noteWords, fc.constantFrom('said *aloud*', '\n- one\n- two', '`code` and $5')), {
  nil: undefined,
});
const deck = fc.record({
  slides: fc.array(fc.record({ slide, note, isBelow: fc.boolean(), hasBlanks: fc.boolean() }), {
    minLength: 2,
    maxLength: 6,
  }),
  separator: fc.constantFrom(...separators),
  head: fc.constantFrom(...heads),
  isToml: fc.boolean(),
  lineBreak: fc.constantFrom('\n', '\n', '\r\n'),
  mark: fc.constantFrom('', '', '\uFEFF'),
});
type Written = typeof deck extends fc.Arbitrary<infer Value> ? Value : never;

function writeDeck({ slides, separator, head, isToml, lineBreak, mark }: Written): string {
  const texts = slides.map(({ slide: parts, note: said, isBelow, hasBlanks }, index) => {
    const text = parts.join('\n\n') + (said === undefined ? '' : `\n\n${said[0]} ${said[1]}`);
    if (index === 0) return text;
    const line = isBelow ? separator.vertical : separator.horizontal;
    return hasBlanks ? `\n\n${line}\n\n${text}` : `\n${line}\n${text}`;
  });
  return `${mark}${writeHead(separator.head + head, isToml)}${texts.join('')}`.replaceAll('\n', lineBreak);
}

function writeHead(yaml: string, isToml: boolean): string {
  if (yaml === '') return isToml ? '+++\ntitle = "TOML"\n+++\n' : '';
  return `---\n${yaml}---\n`;
}

/** `count` different decks. */
export function generateDecks(seed: number, count: number): ComparedDeck[] {
  const isRich = (source: string) => features.filter(({ isUsed }) => isUsed.test(source)).length >= LEAST_FEATURES;
  const sources = fc.sample(deck.map(writeDeck).filter(isRich), { seed, numRuns: count });
  return sources.map((source, index) => ({ name: `generated-${index + 1}`, source }));
}
