/** What was found of the labs, for people. Pure. */

/** Something that is not as the lab says, where the lab says it. */
export interface Failure {
  readonly file: string;
  readonly line?: number | undefined;
  readonly message: string;
  /** What was printed, for whoever mends it. */
  readonly detail?: string | undefined;
}

export const taskKinds = ['load', 'solve', 'half-done', 'walk', 'case'] as const;
export type TaskKind = (typeof taskKinds)[number];

export interface TaskResult {
  readonly lab: string;
  readonly kind: TaskKind;
  /** Of a case: `first-pod: wrong-image`. */
  readonly name: string;
  readonly ms: number;
  readonly failures: readonly Failure[];
}

export function describeFailure({ file, line, message, detail }: Failure): string {
  const where = line === undefined ? file : `${file}:${line}`;
  const shown = (detail ?? '').trimEnd();
  return [`${where}: ${message}`, ...(shown === '' ? [] : shown.split('\n').map((each) => `    | ${each}`))].join('\n');
}

/** One line as a task ends, and its failures. */
export function describeTask({ lab, kind, name, ms, failures }: TaskResult): string {
  const what = name === '' ? kind : `${kind} ${name}`;
  const line = `${lab}  ${what}  ${seconds(ms)}  ${failures.length === 0 ? 'ok' : 'FAILED'}`;
  return [line, ...failures.map(describeFailure)].join('\n');
}

/** A row for each lab, then the sentence that a script looks for. */
export function describeSummary(results: readonly TaskResult[], wallMs: number): string {
  const labs = [...new Set(results.map(({ lab }) => lab))].toSorted();
  const rows = labs.map((lab) => {
    const own = results.filter((result) => result.lab === lab);
    const cell = (kind: TaskKind) => {
      const tasks = own.filter((result) => result.kind === kind);
      const ms = tasks.reduce((sum, task) => sum + task.ms, 0);
      const failed = tasks.filter(({ failures }) => failures.length > 0).length;
      const count = kind === 'case' ? `${tasks.length} cases` : kind;
      return tasks.length === 0 ? '' : `${count} ${seconds(ms)}${failed > 0 ? ` (${failed} FAILED)` : ''}`;
    };
    return [lab, ...taskKinds.map(cell).filter((text) => text !== '')].join('  ');
  });
  const cases = results.filter(({ kind }) => kind === 'case').length;
  const { verified, all } = countLabs(results);
  return [...rows, `labs: ${verified} of ${all} verified (solve, walk, ${cases} cases) in ${seconds(wallMs)}`].join(
    '\n',
  );
}

/** A lab is verified when nothing of it failed. */
export function countLabs(results: readonly TaskResult[]): { verified: number; all: number } {
  const labs = new Set(results.map(({ lab }) => lab));
  const failed = new Set(results.filter(({ failures }) => failures.length > 0).map(({ lab }) => lab));
  return { verified: labs.size - failed.size, all: labs.size };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
