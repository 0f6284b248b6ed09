/** `content/site.yaml`: who the community is. Rebranding is done there and nowhere else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { languages, localised } from '../../sandbox-server/protocol/language.ts';

export const siteIdentity = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(40)),
  slogan: localised,
  /** An SVG or PNG beside site.yaml; without one the name stands alone. */
  logo: z.optional(z.string().check(z.regex(/^[\w./-]+\.(svg|png)$/))),
  /** Hue of the accent in OKLCH degrees: 25 red, 150 green, 264 the cobalt that comes with Podium. */
  accent: z.optional(z.number().check(z.minimum(0), z.maximum(360))),
  languages: z._default(z.array(z.enum(languages)).check(z.minLength(1)), [...languages]),
  /** For all decks: regular expressions as in reveal.js's `data-separator…`; the front matter of a deck goes before. */
  decks: z.optional(
    z.strictObject({
      separator: z.optional(z.string()),
      verticalSeparator: z.optional(z.string()),
      notesSeparator: z.optional(z.string()),
    }),
  ),
  /** Origins of pages that may show decks in a frame, such as `https://wiki.example.org`; without it none may. */
  embed: z.optional(z.array(z.string().check(z.regex(/^https?:\/\/[\w.-]+(:\d+)?$/))).check(z.maxLength(20))),
  conduct: z.optional(z.url()),
  privacy: z.optional(z.url()),
  contact: z.optional(z.string().check(z.minLength(1))),
  footer: localised,
});
export type SiteIdentity = z.infer<typeof siteIdentity>;

/** Reads site.yaml of `folder`; throws an Error whose message names the file and every field that is wrong. */
export function loadSiteIdentity(folder: string): SiteIdentity {
  const file = join(folder, 'site.yaml');
  const result = siteIdentity.safeParse(parse(readFileSync(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${file} is not right:\n${z.prettifyError(result.error)}`);
}
