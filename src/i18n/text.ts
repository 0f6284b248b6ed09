/** The shape of one part of the catalogue: each text in every language, so that a missing one does not compile. */
import type { Language } from '../../sandbox-server/protocol/language.ts';

export type Texts = Readonly<Record<string, Readonly<Record<Language, string>>>>;
