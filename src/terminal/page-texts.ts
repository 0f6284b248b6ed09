/** The texts of the page's language, as `TerminalTexts.astro` has put them into the page. */
import type { Language } from '../../sandbox-server/protocol/language.ts';
import type { labTexts } from '../i18n/lab-texts.ts';
import type { sandboxTexts } from '../i18n/sandbox-texts.ts';
import type { terminalTexts } from '../i18n/terminal-texts.ts';

export type PageTextKey = keyof typeof sandboxTexts | keyof typeof terminalTexts | keyof typeof labTexts;

/** Id of the JSON in the page. */
export const PAGE_TEXTS_ID = 'podium-texts';

export type Values = Readonly<Record<string, string | number>>;

export interface PageTexts {
  readonly language: Language;
  readonly texts: Readonly<Record<PageTextKey, string>>;
  /** A sentence for each code of the error table, by code. */
  readonly errors: Readonly<Record<string, string>>;
  /** How long a sandbox of a lab may live, by its slug. */
  readonly ceilingMinutes: Readonly<Record<string, number>>;
}

let read: PageTexts | undefined;

/** Throws where a page uses the terminal without `TerminalTexts.astro`. */
export function pageTexts(): PageTexts {
  if (read === undefined) {
    const source = document.getElementById(PAGE_TEXTS_ID)?.textContent;
    if (source === undefined || source === null)
      throw new Error(`The page lacks its texts: no element #${PAGE_TEXTS_ID}.`);
    read = JSON.parse(source) as PageTexts;
  }
  return read;
}

export function text(key: PageTextKey, values: Values = {}): string {
  return fillIn(pageTexts().texts[key], values);
}

/** The sentence of an error code; of `internal` for a code that this page does not know yet. */
export function errorText(code: string, values: Values = {}): string {
  const { errors } = pageTexts();
  return fillIn(errors[code] ?? errors['internal'] ?? code, values);
}

/** Puts values where `{name}` stands; a name without a value stays as it is, so that the fault can be seen. */
export function fillIn(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
