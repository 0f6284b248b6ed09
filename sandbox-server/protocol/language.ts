/** The languages of the site; the first is the default, and what a text without a translation is shown in. */
import * as z from 'zod/mini';

export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];
export const defaultLanguage: Language = languages[0];

/** A text that authors write in each language; English is always there. */
export const localised = z.strictObject({
  en: z.string().check(z.minLength(1)),
  fr: z.optional(z.string().check(z.minLength(1))),
});
export type Localised = z.infer<typeof localised>;

/** The text in `language`, with the language that it is really in, for its `lang` attribute. */
export function inLanguage(text: Localised, language: Language): { text: string; language: Language } {
  const wanted = text[language];
  return wanted === undefined ? { text: text.en, language: defaultLanguage } : { text: wanted, language };
}
