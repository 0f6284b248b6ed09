/** Texts of header, footer, home, lists and errors. */
import type { Texts } from './text.ts';

export const siteTexts = {
  'language.en': { en: 'English', fr: 'English' },
  'language.fr': { en: 'Français', fr: 'Français' },

  'language.in.en': { en: 'In English', fr: 'En anglais' },
  'language.in.fr': { en: 'In French', fr: 'En français' },

  'nav.skip': { en: 'Skip to content', fr: 'Aller au contenu' },
  'nav.main': { en: 'Site', fr: 'Site' },
  'nav.labs': { en: 'Labs', fr: 'Labs' },
  'nav.decks': { en: 'Decks', fr: 'Présentations' },
  'nav.docs': { en: 'Docs', fr: 'Documentation' },
  'nav.home': { en: '{name}, home', fr: '{name}, accueil' },
  'nav.language': { en: 'Language', fr: 'Langue' },

  'theme.label': { en: 'Theme', fr: 'Thème' },
  'theme.system': { en: 'System', fr: 'Système' },
  'theme.light': { en: 'Light', fr: 'Clair' },
  'theme.dark': { en: 'Dark', fr: 'Sombre' },
  'theme.contrast': { en: 'High contrast', fr: 'Contraste élevé' },
  'theme.projector': { en: 'Projector', fr: 'Projecteur' },

  'footer.conduct': { en: 'Code of conduct', fr: 'Code de conduite' },
  'footer.privacy': { en: 'Privacy', fr: 'Confidentialité' },
  'footer.contact': { en: 'Contact', fr: 'Contact' },
  'footer.licences': { en: 'Licences', fr: 'Licences' },

  'home.description': {
    en: 'Labs with a real shell in a real Kubernetes cluster, and decks to present. In your browser, with nothing to install.',
    fr: 'Des labs avec un vrai shell dans un vrai cluster Kubernetes, et des présentations. Dans votre navigateur, sans rien installer.',
  },
  'home.headline': {
    en: 'Learn Kubernetes by typing into one.',
    fr: 'Apprenez Kubernetes en vous en servant.',
  },
  'home.lead': {
    en: 'Open a lab and get a shell in a real cluster, in your own namespace. Read on the left, type on the right; a check tells you when a step is done.',
    fr: 'Ouvrez un lab : vous obtenez un shell dans un vrai cluster, dans votre propre namespace. Lisez à gauche, tapez à droite ; une vérification vous dit quand l’étape est faite.',
  },
  'home.start': { en: 'Open {lab}', fr: 'Ouvrir {lab}' },
  'home.startNote': {
    en: 'About {minutes} minutes. Nothing to install, no account.',
    fr: 'Environ {minutes} minutes. Rien à installer, pas de compte.',
  },
  'home.doors': { en: 'Where to go from here', fr: 'Par où continuer' },
  'home.learn': { en: 'Learn', fr: 'Apprendre' },
  'home.learnText': {
    en: 'Labs in small steps. Each one starts a sandbox of your own and deletes it at the end.',
    fr: 'Des labs à petits pas. Chacun démarre une sandbox rien qu’à vous et la supprime à la fin.',
  },
  'home.learnAll': { en: 'All labs', fr: 'Tous les labs' },
  'home.present': { en: 'Present', fr: 'Présenter' },
  'home.presentText': {
    en: 'Decks in Markdown, with notes, and with slides that hold a live terminal.',
    fr: 'Des présentations en Markdown, avec des notes, et des diapositives qui contiennent un vrai terminal.',
  },
  'home.presentAll': { en: 'All decks', fr: 'Toutes les présentations' },
  'home.write': { en: 'Write your own', fr: 'Écrire les vôtres' },
  'home.writeText': {
    en: 'A lab is a folder of Markdown and small scripts. Run Podium on one machine with two commands.',
    fr: 'Un lab est un dossier de Markdown et de petits scripts. Podium se lance sur une machine en deux commandes.',
  },
  'home.writeAll': { en: 'Read the docs', fr: 'Lire la documentation' },
  'home.checkDone': { en: 'Step done: your first pod is running.', fr: 'Étape faite : votre premier pod tourne.' },
  'home.transcript': {
    en: 'A terminal: what the first lab looks like',
    fr: 'Un terminal : à quoi ressemble le premier lab',
  },

  'labs.title': { en: 'Labs', fr: 'Labs' },
  'labs.description': {
    en: 'Hands-on labs in a real Kubernetes cluster, in the browser.',
    fr: 'Des labs pratiques dans un vrai cluster Kubernetes, dans le navigateur.',
  },
  'labs.lead': {
    en: 'Each lab opens a shell in a namespace of your own. Leave when you like: your progress stays in this browser.',
    fr: 'Chaque lab ouvre un shell dans un namespace qui n’est qu’à vous. Partez quand vous voulez : votre progression reste dans ce navigateur.',
  },
  'labs.search': { en: 'Search the labs', fr: 'Chercher dans les labs' },
  'labs.level': { en: 'Level', fr: 'Niveau' },
  'labs.levelAny': { en: 'All', fr: 'Tous' },
  'labs.tag': { en: 'Topic', fr: 'Sujet' },
  'labs.tagAny': { en: 'All', fr: 'Tous' },
  'labs.moreTags': { en: '{count} more topics', fr: '{count} autres sujets' },
  'labs.tags': { en: 'Topics:', fr: 'Sujets :' },
  'labs.count': { en: '{count} labs', fr: '{count} labs' },
  'labs.countOne': { en: '1 lab', fr: '1 lab' },
  'labs.found': { en: '{count} of {all} labs', fr: 'Labs trouvés : {count} sur {all}' },
  'labs.foundNone': { en: 'No lab found', fr: 'Aucun lab trouvé' },
  'labs.foundNoneText': {
    en: 'No lab has all of this at once. Choose another level or topic, try a shorter word, or start again from the whole list.',
    fr: 'Aucun lab ne réunit tout cela. Choisissez un autre niveau ou un autre sujet, essayez un mot plus court, ou repartez de la liste entière.',
  },
  'labs.showAll': { en: 'Show all labs', fr: 'Montrer tous les labs' },
  'labs.others': { en: 'More labs', fr: 'D’autres labs' },
  'labs.empty': { en: 'There are no labs yet', fr: 'Il n’y a pas encore de lab' },
  'labs.emptyText': {
    en: 'A lab is a folder in content/labs. The docs say how to write one.',
    fr: 'Un lab est un dossier dans content/labs. La documentation dit comment en écrire un.',
  },
  'labs.emptyAction': { en: 'Write a lab', fr: 'Écrire un lab' },
  'labs.minutes': { en: '{minutes} min', fr: '{minutes} min' },
  'labs.aboutMinutes': { en: 'about {minutes} minutes', fr: 'environ {minutes} minutes' },
  'labs.progress': { en: '{done} of {all} steps done', fr: '{done} étapes faites sur {all}' },
  'labs.stepsOne': { en: '1 step', fr: '1 étape' },
  'labs.steps': { en: '{count} steps', fr: '{count} étapes' },

  'level.beginner': { en: 'Beginner', fr: 'Débutant' },
  'level.intermediate': { en: 'Intermediate', fr: 'Intermédiaire' },
  'level.advanced': { en: 'Advanced', fr: 'Avancé' },

  'fallback.notice': {
    en: 'This page is not available in English yet. You are reading it in French.',
    fr: 'Cette page n’existe pas encore en français. Vous la lisez en anglais.',
  },

  'notFound.title': { en: 'This page does not exist', fr: 'Cette page n’existe pas' },
  'notFound.text': {
    en: 'The address may be mistyped, or the page may have moved.',
    fr: 'L’adresse contient peut-être une faute, ou la page a changé de place.',
  },
  'notFound.action': { en: 'Go to the home page', fr: 'Aller à l’accueil' },

  'docs.search.open': { en: 'Search', fr: 'Chercher' },
  'docs.search.title': { en: 'Search the docs', fr: 'Chercher dans la documentation' },
  'docs.search.placeholder': { en: 'namespace, check, npm start', fr: 'namespace, vérification, npm start' },
  'docs.search.close': { en: 'Close', fr: 'Fermer' },
  'docs.search.none': { en: 'Nothing found for “{query}”.', fr: 'Rien trouvé pour « {query} ».' },
  'docs.search.one': { en: '1 page found', fr: '1 page trouvée' },
  'docs.search.many': { en: '{count} pages found', fr: '{count} pages trouvées' },
  'docs.search.failed': {
    en: 'The search could not be loaded. Reload the page and try again.',
    fr: 'La recherche n’a pas pu être chargée. Rechargez la page et réessayez.',
  },

  'docs.copy': { en: 'Copy', fr: 'Copier' },
  'docs.copied': { en: 'Copied', fr: 'Copié' },
} as const satisfies Texts;
