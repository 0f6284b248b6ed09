/** What a deck may say to reveal.js in its front matter, and what is left out with a word to the author. */
import * as z from 'zod/mini';
import type { DeckWarning } from './deck.ts';

const transition = z.enum(['none', 'fade', 'slide', 'convex', 'concave', 'zoom']);
/** A regular expression, as in reveal.js's `data-separator…`. */
export const pattern = z.string().check(z.minLength(1), z.refine(isPattern, 'It is no regular expression.'));
const seconds = z.number().check(z.minimum(0));

/** Options of reveal.js 6 that concern a deck and not the page around it. */
const options = {
  transition,
  transitionSpeed: z.enum(['default', 'fast', 'slow']),
  backgroundTransition: transition,
  width: z.number().check(z.minimum(100), z.maximum(10_000)),
  height: z.number().check(z.minimum(100), z.maximum(10_000)),
  margin: z.number().check(z.minimum(0), z.maximum(0.5)),
  controls: z.boolean(),
  controlsLayout: z.enum(['edges', 'bottom-right']),
  controlsBackArrows: z.enum(['faded', 'hidden', 'visible']),
  progress: z.boolean(),
  slideNumber: z.union([z.boolean(), z.enum(['h.v', 'h/v', 'c', 'c/t'])]),
  showSlideNumber: z.enum(['all', 'print', 'speaker']),
  hashOneBasedIndex: z.boolean(),
  center: z.boolean(),
  loop: z.boolean(),
  rtl: z.boolean(),
  navigationMode: z.enum(['default', 'linear', 'grid']),
  fragments: z.boolean(),
  fragmentInURL: z.boolean(),
  autoAnimate: z.boolean(),
  autoAnimateDuration: seconds,
  autoAnimateEasing: z.string(),
  autoAnimateUnmatched: z.boolean(),
  autoSlide: z.union([z.literal(false), z.number().check(z.minimum(0))]),
  autoSlideStoppable: z.boolean(),
  defaultTiming: z.nullable(seconds),
  totalTime: seconds,
  parallaxBackgroundImage: z.string(),
  parallaxBackgroundSize: z.string(),
  showHiddenSlides: z.boolean(),
} as const;

const markdown = {
  smartypants: z.boolean(),
  animateLists: z.boolean(),
  breaks: z.boolean(),
  gfm: z.boolean(),
  pedantic: z.boolean(),
  separator: pattern,
  verticalSeparator: pattern,
  notesSeparator: pattern,
} as const;

type Decoded<Shape extends Record<string, z.ZodMiniType>> = { readonly [Key in keyof Shape]?: z.infer<Shape[Key]> };
export type DeckRevealOptions = Decoded<typeof options>;
export type MarkdownOptions = Decoded<typeof markdown>;

interface DecodedOptions {
  readonly reveal: DeckRevealOptions;
  readonly markdown: MarkdownOptions;
  readonly warnings: readonly DeckWarning[];
}

/** Why an option of reveal.js, or of a plugin that people use, has no effect. */
const REASONS: Readonly<Record<string, string>> = {
  theme: 'the site has its own themes',
  plugins: 'plugins of reveal.js are not loaded: notes, math and coloured code are there without',
  dependencies: 'plugins of reveal.js are not loaded: notes, math and coloured code are there without',
  highlight: 'code is coloured when the site is built',
  math: 'write `math: true` at the top of the front matter instead',
  katex: 'write `math: true` at the top of the front matter instead',
  multiplex: 'the room follows a deck by other means',
};

type Warn = (key: string, message: string) => DeckWarning;

/** Reads the mapping under `parent`; what is not known or not right is left out, each with a warning. */
export function decodeRevealOptions(value: unknown, parent: string, warn: Warn): DecodedOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reveal: {}, markdown: {}, warnings: [warn(parent, `${parent} is left out: it must be a mapping.`)] };
  }
  const named = entriesOf(value);
  const inner = named.find(([key]) => key === 'markdown')?.[1];
  const warnings: DeckWarning[] = [];
  const own = named.filter(([key]) => key !== 'markdown');
  return {
    reveal: takeKnown(own, options, (key, message) => warnings.push(warn(key, message))),
    markdown: takeKnown(entriesOf(inner), markdown, (key, message) => warnings.push(warn(key, message))),
    warnings,
  };
}

function entriesOf(value: unknown): (readonly [string, unknown, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Record<string, unknown>).map(([key, each]) => [camelCase(key), each, key] as const);
}

/** reveal-hugo writes `slide_number`. */
function camelCase(key: string): string {
  return key.replace(/_(?<letter>[a-z])/gu, (_match, letter: string) => letter.toUpperCase());
}

function takeKnown<Shape extends Record<string, z.ZodMiniType>>(
  entries: readonly (readonly [string, unknown, string])[],
  shape: Shape,
  leaveOut: (key: string, message: string) => void,
): Decoded<Shape> {
  const taken: Record<string, unknown> = {};
  for (const [key, value, written] of entries) {
    const result = Object.hasOwn(shape, key) ? shape[key]?.safeParse(value) : undefined;
    if (result?.success) taken[key] = result.data;
    else if (result) leaveOut(written, `${written} is left out: ${result.error.issues[0]?.message ?? 'not right'}.`);
    else leaveOut(written, `${written} has no effect${reasonFor(key)}; it is left out.`);
  }
  return taken as Decoded<Shape>;
}

function reasonFor(key: string): string {
  const reason = Object.hasOwn(REASONS, key) ? REASONS[key] : undefined;
  return reason === undefined ? ' here' : `: ${reason}`;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'mg').flags !== '';
  } catch {
    return false;
  }
}
