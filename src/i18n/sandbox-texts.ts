/** Texts of a sandbox: before it starts, while it starts or waits in line, and as it ends. Shown by browser code. */
import type { Texts } from './text.ts';

export const sandboxTexts = {
  'panel.title': { en: 'A shell of your own', fr: 'Un shell rien que pour vous' },
  'panel.intro': {
    en: 'Start gives you a terminal in a pod of a real Kubernetes cluster.',
    fr: 'Démarrer ouvre un terminal dans un pod d’un vrai cluster Kubernetes.',
  },
  'panel.what': { en: 'What starts', fr: 'Ce qui démarre' },
  'panel.what.text': {
    en: 'A pod with a shell, and a namespace that is yours alone.',
    fr: 'Un pod avec un shell, et un namespace qui n’est qu’à vous.',
  },
  'panel.long': { en: 'How long', fr: 'Pour combien de temps' },
  'panel.long.text': {
    en: 'Up to {duration}, less if you leave it alone. You are warned before it is deleted.',
    fr: 'Jusqu’à {duration}, moins si elle ne sert pas. Vous êtes prévenu avant.',
  },
  'panel.may': { en: 'What it may do', fr: 'Ce que vous pouvez faire' },
  'panel.may.text': {
    en: 'Anything in your namespace, within its quota. Nothing in those of others, nothing on the internet.',
    fr: 'Tout dans votre namespace, dans la limite de son quota. Rien chez les autres, rien sur Internet.',
  },
  'panel.local': { en: 'No cluster here', fr: 'Pas de cluster ici' },
  'panel.local.text': {
    en: 'The shell runs on this machine itself, without a cluster: commands such as kubectl have nothing to talk to.',
    fr: 'Le shell tourne sur cette machine elle-même, sans cluster : des commandes comme kubectl n’ont personne à qui parler.',
  },
  'panel.what.local': {
    en: 'A shell on the machine that serves this page.',
    fr: 'Un shell sur la machine qui sert cette page.',
  },
  'panel.may.local': {
    en: 'What the account of the server may do. That is why it is offered on this machine alone.',
    fr: 'Ce que peut le compte du serveur. C’est pourquoi il n’est offert que sur cette machine.',
  },
  'panel.start': { en: 'Start', fr: 'Démarrer' },
  'panel.startAgain': { en: 'Start again', fr: 'Redémarrer' },
  'panel.startAt': { en: 'Start at step {step}', fr: 'Démarrer à l’étape {step}' },
  'panel.startAt.text': {
    en: 'What comes before it is done for you.',
    fr: 'Ce qui précède est fait pour vous.',
  },
  'panel.home': { en: 'Your files', fr: 'Vos fichiers' },
  'panel.home.text': {
    en: 'What was in your home folder on {time} is kept: {size}, compressed. It is there again when you start.',
    fr: 'Ce qui était dans votre dossier personnel le {time} est gardé : {size}, compressés. Vous le retrouvez en démarrant.',
  },
  'panel.startFresh': { en: 'Delete it and start afresh', fr: 'Supprimer et repartir à neuf' },
  'panel.retry': { en: 'Try again', fr: 'Réessayer' },
  'panel.loading': { en: 'Asking the server what it can start …', fr: 'Le serveur dit ce qu’il peut démarrer…' },
  'panel.noScript': {
    en: 'You can read everything on this page. The terminal needs JavaScript.',
    fr: 'Tout se lit sur cette page. Le terminal, lui, a besoin de JavaScript.',
  },
  'panel.stopped': {
    en: 'Your sandbox is deleted: the shell, the namespace and all that was in it.',
    fr: 'Votre sandbox est supprimée : le shell, le namespace et tout ce qu’il contenait.',
  },
  'panel.cancelled': {
    en: 'The start is cancelled. What had begun is deleted.',
    fr: 'Le démarrage est annulé. Ce qui avait commencé est supprimé.',
  },
  'panel.ended': {
    en: 'Your sandbox has ended and is deleted. Your progress in the lab is kept.',
    fr: 'Votre sandbox a pris fin et elle est supprimée. Votre progression dans le lab est conservée.',
  },
  'cluster.building': {
    en: 'The cluster is being built for the first time: part {index} of {count}, {part}.',
    fr: 'Le cluster est en cours de construction, pour la première fois : partie {index} sur {count}, {part}.',
  },
  'cluster.starting': {
    en: 'The cluster is starting: part {index} of {count}, {part}.',
    fr: 'Le cluster démarre : partie {index} sur {count}, {part}.',
  },
  'cluster.busy': { en: 'The cluster is being made ready.', fr: 'Le cluster se prépare.' },
  'cluster.probing': {
    en: 'The cluster is up. Its network policies are being tried before anyone is let in.',
    fr: 'Le cluster est en marche. Ses règles réseau sont éprouvées avant que quiconque entre.',
  },
  'cluster.absent': { en: 'The cluster is not there yet.', fr: 'Le cluster n’est pas encore là.' },
  'cluster.failed': { en: 'The cluster could not be made ready.', fr: 'Le cluster n’a pas pu être préparé.' },
  'cluster.remaining': { en: 'About {duration} left.', fr: 'Encore {duration} environ.' },
  'cluster.onceOnly': {
    en: 'This happens once on a machine. You can press Start now: your sandbox begins by itself when the cluster is ready.',
    fr: 'Cela n’arrive qu’une fois par machine. Vous pouvez appuyer sur Démarrer : votre sandbox commencera d’elle-même quand le cluster sera prêt.',
  },
  'cluster.waiting': {
    en: 'Your sandbox begins by itself when the cluster is ready. You can read on meanwhile.',
    fr: 'Votre sandbox commencera d’elle-même quand le cluster sera prêt. Vous pouvez lire en attendant.',
  },
  'cluster.parts': { en: 'Parts of the cluster', fr: 'Parties du cluster' },
  'start.title': { en: 'Starting your sandbox', fr: 'Votre sandbox démarre' },
  'start.waitingTitle': { en: 'Waiting for the cluster', fr: 'En attente du cluster' },
  'line.title': { en: 'You are in line', fr: 'Vous êtes dans la file' },
  'line.next': {
    en: 'All places are taken. You are next.',
    fr: 'Toutes les places sont prises. C’est vous la prochaine personne.',
  },
  'line.position': {
    en: 'All places are taken. You are number {position} of {waiting} in line.',
    fr: 'Toutes les places sont prises. Vous êtes n° {position} sur {waiting} dans la file.',
  },
  'line.about': { en: 'About {duration}.', fr: 'Environ {duration}.' },
  'line.stay': {
    en: 'Your sandbox begins by itself. You can read on meanwhile; keep a page of this site open.',
    fr: 'Votre sandbox commencera d’elle-même. Vous pouvez lire en attendant ; gardez une page de ce site ouverte.',
  },
  'line.leave': { en: 'Leave the line', fr: 'Quitter la file' },
  'start.cancel': { en: 'Cancel', fr: 'Annuler' },
  'start.stage.cluster': { en: 'Cluster is ready', fr: 'Cluster prêt' },
  'start.stage.queue': { en: 'Room for you', fr: 'Une place pour vous' },
  'start.stage.namespace': { en: 'Namespace of your own', fr: 'Namespace rien qu’à vous' },
  'start.stage.rights': { en: 'Your rights in it', fr: 'Vos droits dedans' },
  'start.stage.shell': { en: 'Pod with the shell', fr: 'Pod avec le shell' },
  'start.stage.prompt': { en: 'Shell answers', fr: 'Le shell répond' },
  'start.stage.state.waiting': { en: 'to come', fr: 'à venir' },
  'start.stage.state.running': { en: 'under way', fr: 'en cours' },
  'start.stage.state.done': { en: 'done', fr: 'fait' },
  'start.stage.state.failed': { en: 'failed', fr: 'échoué' },
  'start.seconds': { en: '{seconds} s', fr: '{seconds} s' },
  'stop.title': { en: 'Stopping', fr: 'Arrêt' },
  'stop.text': {
    en: 'Your shell, your namespace and all that is in it are being deleted.',
    fr: 'Votre shell, votre namespace et tout ce qu’il contient sont en cours de suppression.',
  },
} as const satisfies Texts;
