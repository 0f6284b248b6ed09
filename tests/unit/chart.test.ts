/** What the chart says must be what Podium is: the same objects as `podium install`, the same versions. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { CLUSTER_TEMPLATE, makeClusterTemplate } from '../../deploy/chart/cluster-templates.ts';
import { SERVER_VERSION } from '../../deploy/images/catalogue.ts';
import { makeClusterObjects } from '../../sandbox-server/driver/kubernetes/cluster-objects.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');

describe('the chart', () => {
  it('has the objects of "podium install" as they are today', async () => {
    const written = await readFile(CLUSTER_TEMPLATE, 'utf8');
    assert.equal(written, makeClusterTemplate(), 'run: node deploy/chart/cluster-templates.ts');
  });

  it('leaves out only what Helm or the server makes', () => {
    const all = makeClusterObjects({ imageNames: [], apiServers: [], holdsImages: true }).flat();
    const kept = [...makeClusterTemplate().matchAll(/^kind: (\w+)\nmetadata:\n {2}name: (\S+)/gm)];
    const names = new Set(kept.map(([, kind, name]) => `${kind} ${name}`));
    const left = all.map(({ kind, metadata }) => `${kind} ${metadata.name}`).filter((each) => !names.has(each));
    assert.deepEqual(left, ['Namespace podium', 'NetworkPolicy dns-and-api-server']);
  });

  it('is of the version of this Podium', async () => {
    const { version } = JSON.parse(await read('package.json')) as { version: string };
    const chart = parse(await read('deploy/chart/Chart.yaml')) as { version: string; appVersion: string };
    assert.deepEqual([chart.version, chart.appVersion, SERVER_VERSION], [version, version, version]);
  });

  it('describes in its schema every value that it has, and no other', async () => {
    interface Schema {
      readonly properties?: Readonly<Record<string, Schema>>;
      readonly additionalProperties?: unknown;
      readonly $ref?: string;
    }
    const schema = JSON.parse(await read('deploy/chart/values.schema.json')) as Schema & {
      definitions: Readonly<Record<string, Schema>>;
    };
    const resolve = (part: Schema) => schema.definitions[part.$ref?.split('/').at(-1) ?? ''] ?? part;
    const namesOf = (part: Schema, prefix = ''): string[] =>
      Object.entries(part.properties ?? {}).flatMap(([name, inner]) => {
        const { properties } = resolve(inner);
        return properties ? namesOf(resolve(inner), `${prefix}${name}.`) : [`${prefix}${name}`];
      });
    const valuesOf = (part: object, prefix = ''): string[] =>
      Object.entries(part).flatMap(([name, value]) =>
        isFilled(value) ? valuesOf(value, `${prefix}${name}.`) : [`${prefix}${name}`],
      );
    const isFilled = (value: unknown): value is object =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    // `global` is Helm's own; what containers may use is Kubernetes's to describe.
    const isOurs = (name: string) => name !== 'global' && !/(^|\.)resources\./.test(name);
    const values = valuesOf(parse(await read('deploy/chart/values.yaml')) as object).filter(isOurs);
    assert.deepEqual(namesOf(schema).filter(isOurs).sort(), values.sort());
    for (const part of [schema, ...Object.values(schema.properties ?? {}).map(resolve)])
      if (part.properties) assert.equal(part.additionalProperties, false, JSON.stringify(part).slice(0, 100));
  });
});
