/** Everything of a lab that lint looks at, read once. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MdastNode } from 'satteri';
import type { Lab, LabProblem } from '../../../labs/lab.ts';
import { decodeFileNames, type StepFile } from '../../../labs/load-steps.ts';
import { parseStep } from '../../../labs/step-document.ts';
import { labDefinition, type LabDefinition } from '../../../protocol/lab.ts';
import { decodeYaml } from '../../../labs/yaml-source.ts';
import { type Case, loadCases } from '../load-cases.ts';

export interface StepText extends StepFile {
  /** As messages name it. */
  readonly shown: string;
  readonly source: string;
  readonly nodes: readonly PlacedNode[];
}

/** All nodes of the document, in its order. */
export interface PlacedNode {
  readonly node: MdastNode;
  /** In the file. */
  readonly line: number;
}

export interface Script {
  readonly kind: 'check' | 'case' | 'solve';
  /** Of a case the check's. */
  readonly name: string;
  readonly shown: string;
  readonly source: string;
}

export interface LabSources {
  readonly slug: string;
  readonly yaml: string;
  /** Undefined where `lab.yaml` cannot be read. */
  readonly definition: LabDefinition | undefined;
  readonly steps: readonly StepText[];
  readonly scripts: readonly Script[];
  readonly cases: readonly Case[];
  /** Of the cases; those of the rest come from the loader. */
  readonly problems: readonly LabProblem[];
}

export async function readLabSources(contentDirectory: string, slug: Lab['slug']): Promise<LabSources> {
  const shown = `labs/${slug}`;
  const folder = join(contentDirectory, shown);
  const yaml = await readFile(join(folder, 'lab.yaml'), 'utf8').catch(() => '');
  const decoded = decodeYaml(yaml, labDefinition, { file: `${shown}/lab.yaml` });
  const { cases, problems } = await loadCases(join(folder, 'checks'), `${shown}/checks`);
  return {
    slug,
    yaml,
    definition: decoded.ok ? decoded.value : undefined,
    steps: await readSteps(join(folder, 'steps'), `${shown}/steps`),
    scripts: [
      ...(await readScripts(folder, shown, 'checks', 'check')),
      ...cases.map(({ check, file, source }): Script => ({ kind: 'case', name: check, shown: file, source })),
      ...(await readScripts(folder, shown, 'solve', 'solve')),
    ],
    cases,
    problems,
  };
}

async function readSteps(folder: string, shown: string): Promise<StepText[]> {
  const { files } = decodeFileNames(await readdir(folder).catch(() => []), shown);
  return Promise.all(
    files.map(async (step) => {
      const source = await readFile(join(folder, step.file), 'utf8');
      const { root, linesBefore } = parseStep(source);
      return { ...step, shown: `${shown}/${step.file}`, source, nodes: flatten(root, linesBefore) };
    }),
  );
}

async function readScripts(folder: string, shown: string, part: string, kind: Script['kind']): Promise<Script[]> {
  const entries = await readdir(join(folder, part), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const source = await readFile(join(folder, part, name), 'utf8');
      return { kind, name, shown: `${shown}/${part}/${name}`, source };
    }),
  );
}

function flatten(node: MdastNode, linesBefore: number): PlacedNode[] {
  const own = { node, line: (node.position?.start.line ?? 1) + linesBefore };
  const children = 'children' in node ? node.children : [];
  return [own, ...children.flatMap((child) => flatten(child, linesBefore))];
}
