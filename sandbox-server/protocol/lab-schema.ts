/** `lab.yaml` as JSON Schema: editors complete and check by it while one writes. */
import * as z from 'zod/mini';
import { labDefinition } from './lab.ts';

/** The text of the schema, of what an author writes: what has a default may be left out. */
export function makeLabSchema(): string {
  const schema = z.toJSONSchema(labDefinition, { io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'lab.yaml of Podium' }, undefined, 2)}\n`;
}
