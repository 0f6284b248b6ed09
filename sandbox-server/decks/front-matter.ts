/**
 * The head of a deck's file: YAML between lines of `---`, or TOML between lines of `+++`. Decks that were written for
 * reveal.js alone have none, and one may begin with the line that separates slides: only a mapping is a head.
 */
import { parse as parseToml, TomlError } from 'smol-toml';
import { isMap, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod/mini';
import { languages, localised } from '../protocol/language.ts';
import type { DeckWarning } from './deck.ts';
import { decodeRevealOptions, pattern, type DeckRevealOptions, type MarkdownOptions } from './reveal-options.ts';

const textOrLocalised = z.union([z.string().check(z.minLength(1)), localised]);

const known = {
  title: textOrLocalised,
  summary: textOrLocalised,
  /** When it was, or will be, presented. */
  date: z.coerce.date(),
  /** The language that the file is written in, where its name does not say so. */
  lang: z.enum(languages),
  /** Regular expressions as in reveal.js's `data-separator…`. */
  separator: pattern,
  verticalSeparator: pattern,
  notesSeparator: pattern,
  /** Whether `$…$` is math; otherwise that is found out. */
  math: z.boolean(),
  /** Where addresses that begin with `/` are looked for, seen from the deck's file. */
  base: z.string().check(z.minLength(1)),
} as const;
type Known = { [Key in keyof typeof known]?: z.infer<(typeof known)[Key]> };

/** Where the generators that people come from put what they give to reveal.js. */
const REVEAL_KEYS = ['reveal', 'revealOptions', 'reveal_hugo'];

export interface DeckSettings extends Readonly<Known> {
  /** For reveal.js in the browser. */
  readonly reveal: DeckRevealOptions;
  /** For the Markdown plugin. */
  readonly markdown: MarkdownOptions;
}

export type FrontMatterResult =
  | {
      readonly ok: true;
      readonly settings: DeckSettings;
      readonly body: string;
      /** The line of the file that the body begins in. */
      readonly bodyLine: number;
      readonly warnings: readonly DeckWarning[];
    }
  | { readonly ok: false; readonly problem: DeckWarning };

interface Head {
  readonly format: 'yaml' | 'toml';
  readonly text: string;
  readonly body: string;
  readonly bodyLine: number;
}

/** Takes the head off a deck's file and reads it. A head that cannot be read is a problem, a wrong value a warning. */
export function decodeFrontMatter(source: string, file: string): FrontMatterResult {
  const text = source.replace(/^\uFEFF/u, '');
  const head = findHead(text);
  const bare = { ok: true, settings: { reveal: {}, markdown: {} }, body: text, bodyLine: 1, warnings: [] } as const;
  if (head === undefined) return bare;
  const parsed = head.format === 'yaml' ? parseYamlHead(head.text) : parseTomlHead(head.text);
  if (parsed === undefined) return bare;
  if ('message' in parsed) return { ok: false, problem: { file, ...parsed } };
  const warn = (key: string, message: string): DeckWarning => ({ file, line: lineOfKey(head.text, key), message });
  const { settings, warnings } = readSettings(parsed.values, warn);
  return { ok: true, settings, body: head.body, bodyLine: head.bodyLine, warnings };
}

function findHead(text: string): Head | undefined {
  const groups = /^(?<fence>---|\+\+\+)[ \t]*\r?\n(?<head>(?:[\s\S]*?\r?\n)?)\k<fence>[ \t]*(?:\r?\n|$)/u.exec(text);
  const { fence, head = '' } = groups?.groups ?? {};
  if (groups === null || fence === undefined) return undefined;
  const bodyLine = 1 + (groups[0].match(/\n/gu) ?? []).length;
  return { format: fence === '---' ? 'yaml' : 'toml', text: head, body: text.slice(groups[0].length), bodyLine };
}

type ParsedHead = { readonly values: object } | { readonly line: number; readonly message: string };

/** Undefined for what is no mapping, and so a slide. */
function parseYamlHead(text: string): ParsedHead | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const isMeant = text.trim() === '' || /^[\w-]+[ \t]*:(?:[ \t]|\r?$)/u.test(firstLineOfContent(text));
  if (!isMeant) return undefined;
  const [error] = document.errors;
  if (error !== undefined) {
    return {
      line: lineCounter.linePos(error.pos[0]).line + 1,
      message: `The front matter is not YAML: ${error.message}`,
    };
  }
  if (document.contents !== null && !isMap(document.contents)) return undefined;
  return { values: (document.toJS() ?? {}) as object };
}

function firstLineOfContent(text: string): string {
  return text.split('\n').find((line) => /^[^#\s]/u.test(line)) ?? '';
}

function parseTomlHead(text: string): ParsedHead {
  try {
    return { values: parseToml(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { line: error.line + 1, message: `The front matter is not TOML: ${error.message.split('\n')[0] ?? ''}` };
  }
}

function readSettings(values: object, warn: (key: string, message: string) => DeckWarning) {
  const warnings: DeckWarning[] = [];
  const taken: Record<string, unknown> = {};
  let reveal: ReturnType<typeof decodeRevealOptions> = { reveal: {}, markdown: {}, warnings: [] };
  for (const [key, value] of Object.entries(values)) {
    if (REVEAL_KEYS.includes(key)) {
      reveal = decodeRevealOptions(value, key, warn);
      continue;
    }
    const schema = Object.hasOwn(known, key) ? known[key as keyof typeof known] : undefined;
    const result = schema?.safeParse(value instanceof Date ? new Date(value) : value);
    if (result?.success) taken[key] = result.data;
    else if (result) warnings.push(warn(key, `${key} is left out: ${result.error.issues[0]?.message ?? 'not right'}.`));
    else warnings.push(warn(key, `${key} means nothing here; it is left out.`));
  }
  const settings: DeckSettings = { ...(taken as Known), reveal: reveal.reveal, markdown: reveal.markdown };
  return { settings, warnings: [...warnings, ...reveal.warnings] };
}

/** The line of the file, the fence being its first. */
function lineOfKey(text: string, key: string): number {
  const index = text.split('\n').findIndex((line) => new RegExp(`^[\\s["']*${key}["']?[ \\t]*[:=\\]]`, 'u').test(line));
  return index + 2;
}
