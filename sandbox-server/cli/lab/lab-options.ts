/** What `podium lab …` understands. Pure. */
import { parseArgs } from 'node:util';
import { slug } from '../../protocol/sandbox.ts';

export const LAB_USAGE = `Usage: podium lab COMMAND
  new NAME             writes a small lab that works, to change into yours
  dev NAME             the site and shells of this machine, at the lab's page; a change shows as you save it
  lint [NAME …]        reads labs and says what is to be changed, with file and line
  verify [NAME …]      tries labs on a real cluster: solves, the walk through the pages, the cases of checks
  schema               prints the JSON Schema of lab.yaml, for editors
Options
  --content DIR        the folder that has labs/; otherwise PODIUM_CONTENT, or the one that comes with Podium
Options of lint
  --image NAME         one more image that learners may use, as given to podium install; may be repeated
  --online             asks also whether what is linked to elsewhere still answers
Options of verify
  --kubeconfig FILE    an administrator's, of a cluster with Podium installed; otherwise that of npm start on this machine
  --parallel N         sandboxes at once (2)
  --junit FILE         writes the report there as JUnit XML`;

const OPTIONS = {
  content: { type: 'string' },
  image: { type: 'string', multiple: true, default: [] as string[] },
  online: { type: 'boolean', default: false },
  kubeconfig: { type: 'string' },
  parallel: { type: 'string', default: '2' },
  junit: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const COMMANDS = ['new', 'dev', 'lint', 'verify', 'schema'] as const;

/** More than a node of a laptop holds shells for. */
const MAX_PARALLEL = 32;

export interface LabInvocation {
  readonly command: (typeof COMMANDS)[number];
  readonly names: readonly string[];
  readonly content: string | undefined;
  readonly imageNames: readonly string[];
  /** Whether lint may ask other servers. */
  readonly isOnline: boolean;
  readonly kubeconfig: string | undefined;
  readonly parallel: number;
  readonly junit: string | undefined;
}

export type ParsedLab =
  | { readonly ok: true; readonly invocation: LabInvocation }
  | { readonly ok: 'help' }
  | { readonly ok: false; readonly reason: string };

/** Never throws: a mistake is a reason that can be shown. */
export function parseLabArguments(args: readonly string[]): ParsedLab {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [name = '', ...names] = positionals;
    const command = COMMANDS.find((each) => each === name);
    if (values.help) return { ok: 'help' };
    if (!command) return refuse(name === '' ? 'Say what to do.' : `"${name}" is not a command.`);
    const wrong = names.find((each) => !slug.safeParse(each).success);
    if (wrong !== undefined) return refuse(`"${wrong}" is no name of a lab: lower-case letters, digits and hyphens.`);
    const takesOne = command === 'new' || command === 'dev';
    if (takesOne && names.length !== 1) return refuse(`Say the name of one lab: podium lab ${command} my-lab.`);
    const parallel = Number(values.parallel);
    if (!Number.isInteger(parallel) || parallel < 1 || parallel > MAX_PARALLEL) {
      return refuse(`--parallel is "${values.parallel}"; it must be a number from 1 to ${MAX_PARALLEL}.`);
    }
    const { content, image: imageNames, online: isOnline, kubeconfig, junit } = values;
    return { ok: true, invocation: { command, names, content, imageNames, isOnline, kubeconfig, parallel, junit } };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(reason: string): ParsedLab {
  return { ok: false, reason };
}
