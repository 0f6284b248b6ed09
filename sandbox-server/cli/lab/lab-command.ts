/** `podium lab …`: what an author has beside an editor. */
import { join, resolve } from 'node:path';
import { makeInstancePaths } from '../../../deploy/cluster/instance.ts';
import { LAB_USAGE, parseLabArguments } from './lab-options.ts';
import { makeLabSchema } from '../../protocol/lab-schema.ts';
import { runDevCommand } from './dev-command.ts';
import { runLintCommand } from './lint-command.ts';
import { runNewCommand } from './new-command.ts';
import { runVerifyCommand } from './verify-command.ts';

export interface LabCommandDeps {
  readonly say: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What comes with Podium. */
const OWN_CONTENT = join(import.meta.dirname, '../../../content');
/** As `npm start` names its cluster. */
const INSTANCE = 'podium';

/** Runs the command and returns the exit status. */
export async function runLabCommand(
  args: readonly string[],
  { say, environment }: LabCommandDeps,
  signal: AbortSignal,
): Promise<number> {
  const parsed = parseLabArguments(args);
  if (parsed.ok === 'help') {
    say(LAB_USAGE);
    return 0;
  }
  if (!parsed.ok) {
    process.stderr.write(`${parsed.reason}\n\n${LAB_USAGE}\n`);
    return 2;
  }
  const { invocation } = parsed;
  const contentDirectory = resolve(invocation.content ?? environment['PODIUM_CONTENT'] ?? OWN_CONTENT);
  const embeddedKubeconfig = makeInstancePaths(INSTANCE).kubeconfig;
  switch (invocation.command) {
    case 'new':
      return runNewCommand(invocation.names[0] ?? '', { contentDirectory, say });
    case 'dev':
      return runDevCommand(invocation.names[0] ?? '', { contentDirectory, environment, say }, signal);
    case 'lint':
      return runLintCommand(invocation, { contentDirectory, ownContent: OWN_CONTENT, say }, signal);
    case 'verify':
      return runVerifyCommand(invocation, { contentDirectory, embeddedKubeconfig, say }, signal);
    case 'schema':
      say(makeLabSchema().trimEnd());
      return 0;
  }
}
