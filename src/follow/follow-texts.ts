/** The texts of the page's language, as `FollowTexts.astro` has put them into the page. */
import type { Language } from '../../sandbox-server/protocol/language.ts';
import type { Refusal } from '../../sandbox-server/protocol/sandbox.ts';
import type { followTexts } from '../i18n/follow-texts.ts';
import { fillIn, type Values } from '../terminal/page-texts.ts';

export type FollowTextKey = keyof typeof followTexts;

/** Id of the JSON in the page. */
export const FOLLOW_TEXTS_ID = 'podium-follow-texts';

export interface FollowTexts {
  readonly language: Language;
  readonly texts: Readonly<Record<FollowTextKey, string>>;
  /** A sentence for each code that a showing can be refused with. */
  readonly errors: Readonly<Record<string, string>>;
}

let read: FollowTexts | undefined;

/** Throws where a page lacks `FollowTexts.astro`. */
export function pageTexts(): FollowTexts {
  read ??= JSON.parse(document.getElementById(FOLLOW_TEXTS_ID)?.textContent ?? '{}') as FollowTexts;
  return read;
}

export function say(key: FollowTextKey, values: Values = {}): string {
  return fillIn(pageTexts().texts[key], values);
}

export function sayRefusal({ code, values = {} }: Refusal): string {
  return fillIn(pageTexts().errors[code] ?? say('follow.unreachable'), values);
}
