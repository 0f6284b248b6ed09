/** How a command of a page ends, as far as one can tell by reading it. Pure. */

/** `ends`: by itself; `endless`: shows what happens until somebody stops it; `interactive`: asks for what comes next. */
export type CommandKind = 'ends' | 'endless' | 'interactive';

const ENDLESS = [
  /\bkubectl\b.*\s(--watch(-only)?|-w)(\s|$|=true)/u,
  /\bkubectl\b.*\slogs\b.*\s(-f|--follow)(\s|$)/u,
  /\bkubectl\b.*\s(port-forward|proxy)(\s|$)/u,
  /\bkubectl\b.*\sattach\b/u,
  /(^|\s|\|)(tail\s+(.*\s)?(-f|-F|--follow)|watch|top|htop|less|man|vi|vim|nano)(\s|$)/u,
  /\bsleep\s+(infinity|\d{3,}|\d+[hd])\s*$/u,
  /\bwhile\s+(true|:|sleep\s[^;]*)\s*;.*\bdone\s*$/u,
];
const INTERACTIVE =
  /\bkubectl\b.*\s(-it|-ti|-i\s+-t|-t\s+-i|--stdin\s+--tty|--tty\s+--stdin)\s.*\b(sh|bash|ash|python3?|psql|mysql|redis-cli)(\s+-[a-z]+)?\s*$/u;
const OWN_SHELL = /^\s*(sh|bash|python3?)(\s+-[\w-]+)*\s*$/u;

/** Of the last line that is typed: what comes before it has ended then. */
export function commandKind(command: string): CommandKind {
  const last = command.trimEnd().split('\n').at(-1) ?? '';
  if (/&\s*$/u.test(last)) return 'ends';
  if (INTERACTIVE.test(last) || OWN_SHELL.test(last)) return 'interactive';
  return ENDLESS.some((form) => form.test(last)) ? 'endless' : 'ends';
}
