/** The front matter of a deck. Decks that were written for reveal.js alone have none: the first heading is then the title. */
import * as z from 'zod/mini';
import { languages, localised } from '../../sandbox-server/protocol/language.ts';

const textOrLocalised = z.union([z.string().check(z.minLength(1)), localised]);

export const deckFrontMatter = z.strictObject({
  title: z.optional(textOrLocalised),
  summary: z.optional(textOrLocalised),
  /** When it was, or will be, presented. */
  date: z.optional(z.coerce.date()),
  /** The language that the file is written in, where its name does not say so. */
  lang: z.optional(z.enum(languages)),
  /** Regular expressions as in reveal.js's `data-separator…`, for decks whose site used others. */
  separator: z.optional(z.string()),
  verticalSeparator: z.optional(z.string()),
  notesSeparator: z.optional(z.string()),
});
export type DeckFrontMatter = z.infer<typeof deckFrontMatter>;
