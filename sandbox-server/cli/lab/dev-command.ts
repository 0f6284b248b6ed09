/** `podium lab dev`: what `npm run dev` starts, at the page of a lab. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

const DEV_PROGRAM = join(import.meta.dirname, '../../../deploy/launch/dev.ts');
/** As that program listens. */
const SITE = 'http://127.0.0.1:4321';

export interface DevDeps {
  readonly contentDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
}

/** Goes on until it is stopped; returns the exit status. */
export async function runDevCommand(
  name: string,
  { contentDirectory, environment, say }: DevDeps,
  signal: AbortSignal,
): Promise<number> {
  const folder = join(contentDirectory, 'labs', name);
  const site = join(contentDirectory, 'site.yaml');
  for (const [path, message] of [
    [folder, `There is no lab in ${folder}. Write one with podium lab new ${name}.`],
    [site, `There is no ${site}, which says whose site it is. Copy the one of Podium’s own content there.`],
  ] as const) {
    if (await isThere(path)) continue;
    process.stderr.write(`${message}\n`);
    return 1;
  }
  say(`${name} will be at ${SITE}/en/labs/${name}/ with a shell of this machine. A change shows as you save it.`);
  const child = spawn(process.execPath, [DEV_PROGRAM], {
    stdio: 'inherit',
    env: { ...environment, PODIUM_CONTENT: contentDirectory },
  });
  // A terminal's Ctrl-C reaches it by itself, a `kill` of this process does not.
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
