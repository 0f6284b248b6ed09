/** Texts of the list of decks and of a deck's page. */
import type { Texts } from './text.ts';

export const deckTexts = {
  'decks.title': { en: 'Decks', fr: 'Présentations' },
  'decks.description': {
    en: 'Decks on cloud native work, with notes and live terminals.',
    fr: 'Des présentations sur le cloud natif, avec des notes et de vrais terminaux.',
  },
  'decks.lead': {
    en: 'Press S in a deck for the speaker’s view, and Esc for all slides at once.',
    fr: 'Dans une présentation, appuyez sur S pour la vue du présentateur et sur Échap pour voir toutes les diapositives.',
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
    en: 'S: speaker view. F: full screen. Esc: all slides.',
    fr: 'S : vue du présentateur. F : plein écran. Échap : toutes les diapositives.',
  },
  'deck.terminalStill': {
    en: 'A live terminal on the screen. Yours is in the lab “{lab}”.',
    fr: 'À l’écran, un vrai terminal. Le vôtre est dans le lab « {lab} ».',
  },
  'speaker.title': { en: 'Speaker: {deck}', fr: 'Présentateur : {deck}' },
  'speaker.now': { en: 'This slide', fr: 'Cette diapositive' },
  'speaker.next': { en: 'Next', fr: 'Ensuite' },
  'speaker.nextButton': { en: 'Next', fr: 'Suivante' },
  'speaker.previous': { en: 'Back', fr: 'Précédente' },
  'speaker.noNotes': { en: 'This slide has no notes.', fr: 'Cette diapositive n’a pas de notes.' },
  'speaker.smaller': { en: 'Smaller notes', fr: 'Notes plus petites' },
  'speaker.larger': { en: 'Larger notes', fr: 'Notes plus grandes' },
  'speaker.resetClock': { en: 'Start the clock again', fr: 'Remettre le chronomètre à zéro' },
  'deck.missing': {
    en: 'This deck is not available in English yet. You are reading it in French.',
    fr: 'Cette présentation n’existe pas encore en français. Vous la lisez en anglais.',
  },
} as const satisfies Texts;
