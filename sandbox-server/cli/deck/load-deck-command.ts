/** `podium deck` needs what builds the site, which the server's image leaves out: it is loaded only when it is called. */
import type { HandOutDeps } from './handed-out.ts';

export async function loadDeckCommand(
  args: readonly string[],
  deps: HandOutDeps,
  signal: AbortSignal,
): Promise<number> {
  const command = await import('./deck-command.ts').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  });
  if (command !== undefined) return command.runDeckCommand(args, deps, signal);
  process.stderr.write(
    'podium deck works where the site is built. Run it in a clone of the repository, after npm ci.\n',
  );
  return 1;
}
