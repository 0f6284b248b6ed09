import { LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod/mini';
import type { LabProblem } from './lab.ts';

/** Without a locale zod/mini says no more than "Invalid input". */
z.config(z.locales.en());

export type YamlResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly LabProblem[] };

/** Reads YAML by a schema; every mistake comes with the line that it is in. `firstLine` is where the text begins in its file. */
export function decodeYaml<T>(
  source: string,
  schema: z.ZodMiniType<T>,
  { file, firstLine = 1 }: { file: string; firstLine?: number },
): YamlResult<T> {
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false });
  const lineOf = (offset: number) => lineCounter.linePos(offset).line + firstLine - 1;
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map(({ message, pos }) => ({
        file,
        line: lineOf(pos[0]),
        message: `not YAML: ${message}`,
      })),
    };
  }
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue) => {
    // A key that nobody knows is told by its map; the author looks for the key.
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const offset = findOffset(document, [...issue.path, ...unknown]);
    const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    return { file, ...(offset === undefined ? {} : { line: lineOf(offset) }), message: `${where}${issue.message}` };
  });
  return { ok: false, problems };
}

/** Where the value stands, or, if it is missing, the nearest thing around it that is there. */
function findOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] | null } | undefined;
    if (node?.range) return node.range[0];
  }
  return undefined;
}
