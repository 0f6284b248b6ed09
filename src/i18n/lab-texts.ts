/** Texts of the lab page around its steps: shown by browser code. */
import type { Texts } from './text.ts';

export const labTexts = {
  'lab.steps': { en: 'Steps', fr: 'Étapes' },
  'lab.step': { en: 'Step {number} of {count}', fr: 'Étape {number} sur {count}' },
  'lab.step.done': { en: 'done', fr: 'faite' },
  'lab.goals': { en: 'After this lab you can', fr: 'Après ce lab, vous saurez' },
  'lab.step.otherLanguage': {
    en: 'This step is not available in English yet.',
    fr: 'Cette étape n’est pas encore en français. La voici en anglais.',
  },
  'lab.back': { en: 'Back', fr: 'Précédent' },
  'lab.next': { en: 'Next', fr: 'Suivant' },
  'lab.finish': { en: 'All labs', fr: 'Tous les labs' },
  'lab.split': { en: 'Width of the text', fr: 'Largeur du texte' },
  'lab.run': { en: 'Run', fr: 'Exécuter' },
  'lab.run.label': { en: 'Run in the terminal: {command}', fr: 'Exécuter dans le terminal : {command}' },
  'lab.run.keys': { en: 'Alt+Enter', fr: 'Alt+Entrée' },
  'lab.run.done': { en: 'Sent', fr: 'Envoyé' },
  'lab.run.sent': { en: 'Sent to the terminal.', fr: 'Envoyé au terminal.' },
  'lab.run.noShell': {
    en: 'Start the sandbox first. Then Run types the command for you.',
    fr: 'Démarrez d’abord la sandbox. Ensuite, Exécuter tape la commande pour vous.',
  },
  'lab.run.refused': {
    en: 'The server has no such command in this lab. Reload the page: it may be older than the server.',
    fr: 'Le serveur n’a pas cette commande dans ce lab. Rechargez la page : elle est peut-être plus ancienne que le serveur.',
  },
  'lab.run.dropped': {
    en: 'The shell has ended, so the command may not have been typed. Look at the terminal, and run it again if it is not there.',
    fr: 'Le shell s’est terminé : la commande n’a peut-être pas été tapée. Regardez le terminal, et relancez-la si elle n’y est pas.',
  },
  'lab.run.busyWith': {
    en: '{program} is running in the terminal. Type the command there anyway?',
    fr: '{program} tourne dans le terminal. Y taper la commande quand même ?',
  },
  'lab.run.busy': {
    en: 'Something is running in the terminal. Type the command there anyway?',
    fr: 'Quelque chose tourne dans le terminal. Y taper la commande quand même ?',
  },
  'lab.run.typeAnyway': { en: 'Type it', fr: 'La taper' },
  'lab.run.notWriter': {
    en: 'Another browser types in this terminal. Take over, and type the command?',
    fr: 'Un autre navigateur a la main dans ce terminal. La prendre, et taper la commande ?',
  },
  'lab.run.takeOver': { en: 'Take over', fr: 'Prendre la main' },
  'lab.run.cancel': { en: 'Cancel', fr: 'Annuler' },
  'lab.copy': { en: 'Copy', fr: 'Copier' },
  'lab.copy.label': { en: 'Copy: {command}', fr: 'Copier : {command}' },
  'lab.copied': { en: 'Copied', fr: 'Copié' },
  'lab.copy.failed': {
    en: 'Your browser does not let the page copy. Select the text and copy it.',
    fr: 'Votre navigateur ne laisse pas la page copier. Sélectionnez le texte et copiez-le.',
  },
  'lab.output': { en: 'You should see', fr: 'Vous devriez voir' },
  'lab.check': { en: 'Check', fr: 'Vérifier' },
  'lab.check.again': { en: 'Check again', fr: 'Vérifier à nouveau' },
  'lab.check.open': { en: 'Not checked yet', fr: 'Pas encore vérifié' },
  'lab.check.running': { en: 'Checking …', fr: 'Vérification…' },
  'lab.check.done': { en: 'Done', fr: 'Fait' },
  'lab.check.missing': { en: 'Not yet', fr: 'Pas encore' },
  'lab.check.noSandbox': {
    en: 'Start the sandbox first. Then this can be checked.',
    fr: 'Démarrez d’abord la sandbox. Ensuite, ceci pourra être vérifié.',
  },
  'lab.check.unknown': {
    en: 'Something is missing, and the check does not say what.',
    fr: 'Il manque quelque chose, et la vérification ne dit pas quoi.',
  },
  'lab.allDone': { en: 'You have done all {count} steps.', fr: 'Vous avez fait les {count} étapes.' },
} as const satisfies Texts;
