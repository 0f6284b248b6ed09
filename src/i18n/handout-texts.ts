/** Texts of a deck's handout. */
import type { Texts } from './text.ts';

export const handoutTexts = {
  'handout.title': { en: '{deck}: handout', fr: '{deck} : le texte' },
  'handout.link': { en: 'Handout', fr: 'Texte' },
  'handout.deck': { en: 'See the slides', fr: 'Voir les diapositives' },
  'handout.slide': { en: 'Slide {number}', fr: 'Diapositive {number}' },
} as const satisfies Texts;
