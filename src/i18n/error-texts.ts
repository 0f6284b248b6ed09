/**
 * What a page says for each code of the server's error table: what happened, and what to do next. `unreachable` is the
 * browser's own: there was no answer at all. A test holds the codes in step with the table.
 */
import type { Texts } from './text.ts';

export const errorTexts = {
  unreachable: {
    en: 'The server does not answer. Look whether it runs and whether you are online, then try again.',
    fr: 'Le serveur ne répond pas. Regardez s’il tourne et si vous êtes en ligne, puis réessayez.',
  },
  bad_request: {
    en: 'The server did not understand this page. Reload it: it may be older than the server.',
    fr: 'Le serveur n’a pas compris cette page. Rechargez-la : elle est peut-être plus ancienne que le serveur.',
  },
  body_too_large: {
    en: 'That was more than the server accepts at once.',
    fr: 'C’était plus que le serveur n’accepte en une fois.',
  },
  not_found: {
    en: 'The server does not know this address. Reload the page: it may be older than the server.',
    fr: 'Le serveur ne connaît pas cette adresse. Rechargez la page : elle est peut-être plus ancienne que le serveur.',
  },
  foreign_host: {
    en: 'The server is not known under this address. Open the one that it printed when it started.',
    fr: 'Le serveur n’est pas connu sous cette adresse. Ouvrez celle qu’il a affichée au démarrage.',
  },
  foreign_origin: {
    en: 'The request came from another site and was refused. Open the page at the address that the server printed.',
    fr: 'La requête venait d’un autre site et a été refusée. Ouvrez la page à l’adresse que le serveur a affichée.',
  },
  rate_limited: {
    en: 'That was too often in a short time. Try again in a minute.',
    fr: 'C’était trop souvent en peu de temps. Réessayez dans une minute.',
  },
  internal: {
    en: 'Something failed in the server. Its log says what. Try again, or tell whoever runs it.',
    fr: 'Quelque chose a échoué dans le serveur. Son journal dit quoi. Réessayez, ou prévenez la personne qui s’en occupe.',
  },
  shutting_down: {
    en: 'The server is restarting. Try again in a few seconds.',
    fr: 'Le serveur redémarre. Réessayez dans quelques secondes.',
  },
  database_unreachable: {
    en: 'The server cannot reach its database. Try again in a moment; if it stays so, tell whoever runs this server.',
    fr: 'Le serveur n’atteint pas sa base de données. Réessayez dans un instant ; si cela dure, prévenez la personne qui s’occupe de ce serveur.',
  },
  database_locked: {
    en: 'Another program holds the server’s database. What was kept before is safe. Try again in a moment; if it stays so, tell whoever runs this server.',
    fr: 'Un autre programme tient la base de données du serveur. Ce qui était enregistré est intact. Réessayez dans un instant ; si cela dure, prévenez la personne qui s’occupe de ce serveur.',
  },
  database_full: {
    en: 'The server cannot write to its disk: it is full, or fails. What was kept before is safe, and what you have just done is not kept yet. Tell whoever runs this server, then try again.',
    fr: 'Le serveur ne peut pas écrire sur son disque : il est plein, ou en panne. Ce qui était enregistré est intact ; ce que vous venez de faire ne l’est pas encore. Prévenez la personne qui s’occupe de ce serveur, puis réessayez.',
  },
  chosen: {
    en: 'This server was started without a cluster.',
    fr: 'Ce serveur a été démarré sans cluster.',
  },
  not_linux: {
    en: 'The cluster that Podium builds itself needs Linux. Start Podium on a Linux machine, real or virtual.',
    fr: 'Le cluster que Podium construit lui-même a besoin de Linux. Démarrez Podium sur une machine Linux, réelle ou virtuelle.',
  },
  not_amd64: {
    en: 'The cluster that Podium builds itself needs an amd64 processor. Start Podium on such a machine.',
    fr: 'Le cluster que Podium construit lui-même a besoin d’un processeur amd64. Démarrez Podium sur une telle machine.',
  },
  not_root: {
    en: 'The cluster that Podium builds itself needs root. Start Podium with sudo npm start.',
    fr: 'Le cluster que Podium construit lui-même a besoin de root. Démarrez Podium avec sudo npm start.',
  },
  cluster_starting: {
    en: 'The cluster is not ready yet. Try again in a minute.',
    fr: 'Le cluster n’est pas encore prêt. Réessayez dans une minute.',
  },
  cluster_failed: {
    en: 'The cluster could not be made ready. The console where Podium was started says why.',
    fr: 'Le cluster n’a pas pu être préparé. La console où Podium a été démarré dit pourquoi.',
  },
  cluster_unreachable: {
    en: 'The cluster does not answer. Try again in a moment; if it stays so, tell whoever runs this server.',
    fr: 'Le cluster ne répond pas. Réessayez dans un instant ; si cela dure, prévenez la personne qui s’occupe de ce serveur.',
  },
  cluster_refused: {
    en: 'The cluster refused what the server asked of it. Tell whoever runs this server: its log says what was refused.',
    fr: 'Le cluster a refusé ce que le serveur lui demandait. Prévenez la personne qui s’en occupe : son journal dit ce qui a été refusé.',
  },
  isolation_unproved: {
    en: 'Labs are not started here: it is not proved that this cluster keeps learners apart. Tell whoever runs this server; you can read every step.',
    fr: 'Les labs ne démarrent pas ici : rien ne prouve que ce cluster sépare les apprenants les uns des autres. Prévenez la personne qui s’occupe de ce serveur ; vous pouvez lire toutes les étapes.',
  },
  cluster_full: {
    en: 'The cluster has no room for another sandbox now. Try again in a few minutes.',
    fr: 'Le cluster n’a plus de place pour une sandbox. Réessayez dans quelques minutes.',
  },
  sandboxes_off: {
    en: 'This server does not start sandboxes. You can read every step.',
    fr: 'Ce serveur ne démarre pas de sandbox. Vous pouvez lire toutes les étapes.',
  },
  lab_unknown: {
    en: 'The server does not have this lab, or found a mistake in it. Its log says which.',
    fr: 'Le serveur n’a pas ce lab, ou y a trouvé une erreur. Son journal dit laquelle.',
  },
  sandbox_unknown: {
    en: 'This sandbox is no longer there. Start a new one.',
    fr: 'Cette sandbox n’existe plus. Démarrez-en une nouvelle.',
  },
  sandbox_not_running: {
    en: 'Your sandbox is not running yet. Try again when the terminal is ready.',
    fr: 'Votre sandbox ne tourne pas encore. Réessayez quand le terminal est prêt.',
  },
  sandbox_stopping: {
    en: 'Your last sandbox is still being deleted. Try again in a few seconds.',
    fr: 'Votre dernière sandbox est encore en cours de suppression. Réessayez dans quelques secondes.',
  },
  sandbox_ended: {
    en: 'This sandbox has ended. Start a new one.',
    fr: 'Cette sandbox a pris fin. Démarrez-en une nouvelle.',
  },
  too_many_sandboxes: {
    en: 'You have as many sandboxes as one person may have. Stop one in another lab first.',
    fr: 'Vous avez autant de sandboxes qu’une personne peut en avoir. Arrêtez-en d’abord une dans un autre lab.',
  },
  line_left: {
    en: 'Nobody looked at your place in the line for three minutes, so it was given up. Start again to take a new one.',
    fr: 'Personne n’a regardé votre place dans la file pendant trois minutes, elle a donc été libérée. Démarrez à nouveau pour en prendre une autre.',
  },
  server_full: {
    en: 'All places are taken now. Try again in a few minutes.',
    fr: 'Toutes les places sont prises. Réessayez dans quelques minutes.',
  },
  network_unwalled: {
    en: 'In this lab you write network policies yourself. That needs a second wall around your namespace which no policy opens, and this server could not prove one. You can read the lab here; tell whoever runs this server if you want to do it.',
    fr: 'Dans ce lab, vous écrivez vous-même des network policies. Il y faut un second mur autour de votre namespace, qu’aucune policy n’ouvre, et ce serveur n’a pas pu en prouver un. Vous pouvez lire le lab ici ; si vous voulez le faire, prévenez la personne qui s’occupe de ce serveur.',
  },
  image_missing: {
    en: 'The image of this lab is not in the cluster. Tell whoever runs this server.',
    fr: 'L’image de ce lab n’est pas dans le cluster. Prévenez la personne qui s’occupe de ce serveur.',
  },
  start_failed: {
    en: 'Your sandbox could not be started. What had begun is deleted. Try again.',
    fr: 'Votre sandbox n’a pas pu démarrer. Ce qui avait commencé est supprimé. Réessayez.',
  },
  start_timeout: {
    en: 'Starting took too long and was given up. What had begun is deleted. Try again.',
    fr: 'Le démarrage a pris trop de temps et a été abandonné. Ce qui avait commencé est supprimé. Réessayez.',
  },
  end_timeout: {
    en: 'Deleting takes longer than it should. The server goes on with it. Try again in a minute.',
    fr: 'La suppression prend plus de temps que prévu. Le serveur continue. Réessayez dans une minute.',
  },
  home_too_large: {
    en: 'Your home folder holds more than can be kept.',
    fr: 'Votre dossier personnel contient plus que ce qui peut être gardé.',
  },
  home_failed: {
    en: 'The files that were kept of your last sandbox could not be put back. They stay kept. What you leave in this sandbox is not kept in their place: copy it before it ends.',
    fr: 'Les fichiers gardés de votre dernière sandbox n’ont pas pu être remis en place. Ils restent gardés. Ce que vous laissez dans celle-ci n’est pas gardé à leur place : copiez-le avant qu’elle prenne fin.',
  },
  lab_files_failed: {
    en: 'The files that belong to this lab could not be written into your home. Press Stop and choose Start over to try again. If they are missing then too, tell whoever runs this server.',
    fr: 'Les fichiers de ce lab n’ont pas pu être écrits dans votre dossier. Appuyez sur Arrêter et choisissez Recommencer pour réessayer. S’ils manquent encore, prévenez la personne qui s’occupe de ce serveur.',
  },
  save_failed: {
    en: '{path} could not be written. Is there room in your home (df -h ~), and no folder of that name? Then save it again.',
    fr: '{path} n’a pas pu être écrit. Reste-t-il de la place dans votre dossier (df -h ~), sans dossier du même nom ? Enregistrez alors à nouveau.',
  },
  step_unknown: {
    en: 'This lab does not have that step. Reload the page: it may be older than the server.',
    fr: 'Ce lab n’a pas cette étape. Rechargez la page : elle est peut-être plus ancienne que le serveur.',
  },
  solve_unknown: {
    en: 'This step cannot be done for you. Its hints may help.',
    fr: 'Cette étape ne peut pas être faite pour vous. Ses indices vous aideront peut-être.',
  },
  solve_busy: {
    en: 'A step is being done for you already. Wait until it is, or cancel it.',
    fr: 'Une étape est déjà en train d’être faite pour vous. Attendez la fin, ou annulez.',
  },
  solve_failed: {
    en: 'The step could not be done from where your sandbox is now. Start over at this step, or try its hints.',
    fr: 'L’étape n’a pas pu être faite depuis l’état actuel de votre sandbox. Recommencez à cette étape, ou lisez ses indices.',
  },
  question_unknown: {
    en: 'The server does not have this question. Reload the page: it may be older than the server.',
    fr: 'Le serveur n’a pas cette question. Rechargez la page : elle est peut-être plus ancienne que le serveur.',
  },
  check_unknown: {
    en: 'The server does not have this check. Reload the page: it may be older than the server.',
    fr: 'Le serveur n’a pas cette vérification. Rechargez la page : elle est peut-être plus ancienne que le serveur.',
  },
  check_busy: {
    en: 'Another check is still running. Try again when it is done.',
    fr: 'Une autre vérification est en cours. Réessayez quand elle est finie.',
  },
  check_failed: {
    en: 'The check itself failed; that is not your fault. Try again.',
    fr: 'La vérification elle-même a échoué ; vous n’y êtes pour rien. Réessayez.',
  },
  check_timeout: {
    en: 'The check took too long and was given up. Try again.',
    fr: 'La vérification a pris trop de temps et a été abandonnée. Réessayez.',
  },
  script_failed: {
    en: 'What was to be done for you could not be done. Try again.',
    fr: 'Ce qui devait être fait pour vous n’a pas pu l’être. Réessayez.',
  },
  script_timeout: {
    en: 'What was to be done for you took too long and was given up. Try again.',
    fr: 'Ce qui devait être fait pour vous a pris trop de temps et a été abandonné. Réessayez.',
  },
  ticket_refused: {
    en: 'The terminal’s ticket was too old. Try again.',
    fr: 'Le ticket du terminal était trop ancien. Réessayez.',
  },
  too_many_terminals: {
    en: 'This sandbox has as many terminals as it may have. End one of them.',
    fr: 'Cette sandbox a autant de terminaux que permis. Terminez-en un.',
  },
  too_many_viewers: {
    en: 'As many browsers show this sandbox as may. Close it in one of them.',
    fr: 'Autant de navigateurs que permis montrent cette sandbox. Fermez-la dans l’un d’eux.',
  },
  not_writer: {
    en: 'You are watching this terminal. Take over to type in it.',
    fr: 'Vous regardez ce terminal. Prenez la main pour y écrire.',
  },
  input_overflow: {
    en: 'The program in the terminal does not read what you type. It is sent again when it does.',
    fr: 'Le programme du terminal ne lit pas ce que vous écrivez. Ce sera renvoyé quand il le fera.',
  },
  terminal_failed: {
    en: 'The shell could not be opened. Try again.',
    fr: 'Le shell n’a pas pu s’ouvrir. Réessayez.',
  },
  terminal_lost: {
    en: 'The server lost the connection to your shell. The shell goes on; the page connects again.',
    fr: 'Le serveur a perdu la connexion à votre shell. Le shell continue ; la page se reconnecte.',
  },
  open_timeout: {
    en: 'The terminal took too long to open. Try again.',
    fr: 'Le terminal a mis trop de temps à s’ouvrir. Réessayez.',
  },
  frame_malformed: {
    en: 'The server did not understand this terminal. Reload the page: it may be older than the server.',
    fr: 'Le serveur n’a pas compris ce terminal. Rechargez la page : elle est peut-être plus ancienne que le serveur.',
  },
  frame_too_large: {
    en: 'That was more than a terminal takes at once.',
    fr: 'C’était plus qu’un terminal n’accepte en une fois.',
  },
  frame_out_of_order: {
    en: 'The server and this terminal lost step. Reload the page.',
    fr: 'Le serveur et ce terminal ne sont plus d’accord. Rechargez la page.',
  },
  block_unknown: {
    en: 'The server has no such command in this lab. Reload the page: it may be older than the server.',
    fr: 'Le serveur n’a pas cette commande dans ce lab. Rechargez la page : elle est peut-être plus ancienne que le serveur.',
  },
  hand_over_refused: {
    en: 'This link was used already or is too old. Make a new one in the browser where the lab is open.',
    fr: 'Ce lien a déjà servi ou est trop ancien. Créez-en un autre dans le navigateur où le lab est ouvert.',
  },
  presenting_refused: {
    en: 'Only somebody at the machine on which Podium runs may let a room follow. Open the deck there, at the address with 127.0.0.1.',
    fr: 'Seul qui est devant la machine de Podium peut laisser suivre une salle. Ouvrez-y la présentation, à l’adresse avec 127.0.0.1.',
  },
  showing_unknown: {
    en: 'Nothing is being presented under this code. Look at the code on the screen again; the presentation may also be over.',
    fr: 'Aucune présentation n’a lieu sous ce code. Relisez-le sur l’écran ; la présentation est peut-être aussi terminée.',
  },
  showing_key_refused: {
    en: 'This browser may not do that. Ask the presenter for a new link, and open it whole.',
    fr: 'Ce navigateur n’en a pas le droit. Demandez un nouveau lien au présentateur, et ouvrez-le en entier.',
  },
  showing_full: {
    en: 'The room is full: no more pages can follow. The page tries again by itself.',
    fr: 'La salle est pleine : plus aucune page ne peut suivre. La page réessaie d’elle-même.',
  },
  too_many_showings: {
    en: 'Too many presentations are being followed at once. End one that is over.',
    fr: 'Trop de présentations sont suivies en même temps. Terminez-en une qui est finie.',
  },
  too_many_questions: {
    en: 'No more questions are taken. Vote for one that is there already.',
    fr: 'Plus aucune question n’est prise. Votez pour une question déjà posée.',
  },
  questions_closed: {
    en: 'The presenter takes no questions at present.',
    fr: 'Le présentateur ne prend pas de questions pour le moment.',
  },
  poll_closed: {
    en: 'This poll is over: the deck has moved on.',
    fr: 'Ce sondage est terminé : la présentation est passée à la suite.',
  },
} as const satisfies Texts;
