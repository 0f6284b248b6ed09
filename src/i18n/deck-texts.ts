/** Texts of the list of decks and of a deck's page. */
import type { Texts } from './text.ts';

export const deckTexts = {
  'decks.title': { en: 'Decks', fr: 'Présentations' },
  'decks.description': {
    en: 'Decks on cloud native work, with notes and live terminals.',
    fr: 'Des présentations sur le cloud natif, avec des notes et de vrais terminaux.',
  },
  'decks.lead': {
    en: 'Press S in a deck for the presenter’s view, and ? for all keys.',
    fr: 'Dans une présentation, appuyez sur S pour la vue du présentateur et sur ? pour voir toutes les touches.',
  },
  'decks.slidesOne': { en: '1 slide', fr: '1 diapositive' },
  'decks.slides': { en: '{count} slides', fr: '{count} diapositives' },
  'decks.print': { en: 'Print', fr: 'Imprimer' },
  'decks.empty': { en: 'There are no decks yet', fr: 'Il n’y a pas encore de présentation' },
  'decks.emptyText': {
    en: 'A deck is a Markdown file in content/decks. The docs say how to write one.',
    fr: 'Une présentation est un fichier Markdown dans content/decks. La documentation dit comment en écrire une.',
  },
  'decks.emptyAction': { en: 'Write a deck', fr: 'Écrire une présentation' },

  'deck.leave': { en: 'All decks', fr: 'Toutes les présentations' },
  'deck.notes': { en: 'Notes', fr: 'Notes' },
  'deck.keys': {
    en: 'S: presenter’s view. F: full screen. ?: all keys.',
    fr: 'S : vue du présentateur. F : plein écran. Touche ? : toutes les touches.',
  },
  'deck.terminalStill': {
    en: 'A live terminal on the screen. Yours is in the lab “{lab}”.',
    fr: 'À l’écran, un vrai terminal. Le vôtre est dans le lab « {lab} ».',
  },
  'deck.missing': {
    en: 'This deck is not available in English yet. You are reading it in French.',
    fr: 'Cette présentation n’existe pas encore en français. Vous la lisez en anglais.',
  },
} as const satisfies Texts;
