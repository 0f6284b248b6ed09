/** What the page "My labs" has been given as data: its texts, and the labs that there are. */
import type { Language } from '../../sandbox-server/protocol/language.ts';
import type { myTexts } from '../i18n/my-texts.ts';

export type MyTextKey = keyof typeof myTexts;

export interface MyLab {
  readonly title: string;
  /** Of the title. */
  readonly language: Language;
  readonly href: string;
  readonly checks: readonly string[];
}

export interface MyPage {
  readonly language: Language;
  readonly texts: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
  /** By slug. */
  readonly labs: Readonly<Record<string, MyLab>>;
}

/** Id of the JSON in the page. */
export const MY_PAGE_ID = 'my-page';
