/**
 * The one catalogue of interface texts. Parts of the site keep theirs in a file each; here they become one.
 * A text may have values: `{minutes}` is filled from `values`.
 */
import { languages, type Language } from '../../sandbox-server/protocol/language.ts';
import { deckTexts } from './deck-texts.ts';
import { followTexts } from './follow-texts.ts';
import { handoutTexts } from './handout-texts.ts';
import { labTexts } from './lab-texts.ts';
import { presentingTexts } from './presenting-texts.ts';
import { myTexts } from './my-texts.ts';
import { sandboxTexts } from './sandbox-texts.ts';
import { siteTexts } from './site-texts.ts';
import { terminalTexts } from './terminal-texts.ts';

export const catalogue = {
  ...siteTexts,
  ...deckTexts,
  ...presentingTexts,
  ...handoutTexts,
  ...sandboxTexts,
  ...terminalTexts,
  ...labTexts,
  ...followTexts,
  ...myTexts,
} as const;

export type TextKey = keyof typeof catalogue;
export type TextValues = Readonly<Record<string, string | number>>;

/** The text of `key` in `language`; throws for a key or a value that is not there, so that the build fails and not the reader. */
export function t(language: Language, key: TextKey, values: TextValues = {}): string {
  const entry: Readonly<Record<Language, string>> | undefined = catalogue[key];
  const text = entry?.[language];
  if (text === undefined)
    throw new Error(`The catalogue has no text "${key}" in ${language} (languages: ${languages.join(', ')}).`);
  return fillIn(text, values);
}

/** Puts `values` into the `{name}` places of `text`. */
export function fillIn(text: string, values: TextValues): string {
  return text.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The text "${text}" needs the value "${name}".`);
    return String(value);
  });
}
