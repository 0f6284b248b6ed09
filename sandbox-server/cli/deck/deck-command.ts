/** `podium deck …`: what is done with a deck beside presenting it. */
import { HANDED_OUT_USAGE, handOutDeck, parseHandOut, type HandOutDeps } from './handed-out.ts';

const DECK_USAGE = `Usage: podium deck COMMAND\n${HANDED_OUT_USAGE}`;

/** Runs the command and returns the exit status. */
export async function runDeckCommand(args: readonly string[], deps: HandOutDeps, signal: AbortSignal): Promise<number> {
  const [command = '', ...rest] = args;
  if (command === '--help') {
    deps.say(DECK_USAGE);
    return 0;
  }
  if (command !== 'pdf' && command !== 'export') {
    process.stderr.write(`${command === '' ? '' : `“${command}” is not a command.\n`}${DECK_USAGE}\n`);
    return 2;
  }
  const parsed = parseHandOut(command, rest);
  if (parsed.ok) return handOutDeck(parsed.wishes, deps, signal);
  process.stderr.write(`${parsed.reason}\n\n${DECK_USAGE}\n`);
  return 2;
}
