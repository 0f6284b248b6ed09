/** The arguments of `npm run cluster -- …`. Pure; all mistakes are reported at once. */
import { parseArgs } from 'node:util';
import { defaultInstanceName } from './instance.ts';
import { partNames } from './part-commands.ts';

export const usage = `usage: npm run cluster -- COMMAND [--name NAME] [--json]

  build            compile the cluster's programs, once a machine
  up               build what is missing and start [--port PORT] [--image-archive FILE]...
  down             end the cluster and all that is in it
  status           each part with version, uptime and memory
  logs [PART]      the end of the log of one part, or the names of all
  kubeconfig       print the administrator's kubeconfig
  export FILE      write programs and images to one file, for a machine that must not build
  import FILE      take programs and images from such a file

  --name NAME      which cluster of this machine, default ${defaultInstanceName}
  --json           print for programs instead of people
`;

const commands = ['build', 'up', 'down', 'status', 'logs', 'kubeconfig', 'export', 'import'] as const;
export type CommandName = (typeof commands)[number];

export type Invocation = {
  command: CommandName;
  name: string;
  isJson: boolean;
  port: number;
  imageArchives: string[];
  /** The file of export and import, the part of logs. */
  argument?: string;
};

export type ParsedCommandLine = { ok: true; invocation: Invocation } | { ok: false; mistakes: string[] };

export function parseCommandLine(args: readonly string[]): ParsedCommandLine {
  const options = {
    name: { type: 'string', default: defaultInstanceName },
    json: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    'image-archive': { type: 'string', multiple: true, default: [] as string[] },
  } as const;
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return { ok: false, mistakes: [error instanceof Error ? error.message : String(error)] };
  }
  const { values, positionals } = parsed;
  const [word, argument, ...rest] = positionals;
  const command = commands.find((candidate) => candidate === word);
  const port = Number(values.port);
  const mistakes = [
    ...(command === undefined ? [word === undefined ? 'a command is missing' : `there is no command "${word}"`] : []),
    ...findArgumentMistakes(command, argument, rest),
    ...(Number.isInteger(port) && port >= 0 && port <= 65_535 ? [] : [`"${values.port}" is not a port`]),
  ];
  if (command === undefined || mistakes.length > 0) return { ok: false, mistakes };
  const invocation = { command, name: values.name, isJson: values.json, port, imageArchives: values['image-archive'] };
  return { ok: true, invocation: argument === undefined ? invocation : { ...invocation, argument } };
}

function findArgumentMistakes(
  command: CommandName | undefined,
  argument: string | undefined,
  rest: string[],
): string[] {
  if (command === undefined) return [];
  if (rest.length > 0) return [`too many words: ${rest.join(' ')}`];
  const needsFile = command === 'export' || command === 'import';
  if (needsFile && argument === undefined) return [`${command} needs the name of a file`];
  if (needsFile || argument === undefined) return [];
  if (command !== 'logs') return [`${command} takes no "${argument}"`];
  const logNames: readonly string[] = [...partNames, 'supervisor', 'namespaces', 'cilium-cni'];
  return logNames.includes(argument) ? [] : [`there is no part "${argument}"; there are ${logNames.join(', ')}`];
}
