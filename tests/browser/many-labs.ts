/** A site with many labs, built as an operator's own content is: for the list of labs, which must stay one that people scan. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { levels } from '../../src/site/lab-order.ts';

const root = join(import.meta.dirname, '..', '..');
const LABS = 60;
const TAGS = 'pods services storage security networking helm gateways jobs probes quotas rollouts operators'.split(' ');

export interface ManyLabs extends AsyncDisposable {
  readonly dist: string;
}

/** Sixty labs: lab n has level n mod 3, tag n mod 12, and every seventh a tag of its own; the first four are a path. */
export async function buildManyLabs(): Promise<ManyLabs> {
  const directory = await mkdtemp(join(tmpdir(), 'podium-many-labs-'));
  const content = join(directory, 'content');
  const dist = join(directory, 'dist');
  await mkdir(join(content, 'paths'), { recursive: true });
  await writeFile(
    join(content, 'site.yaml'),
    stringify({ name: 'Many labs', slogan: { en: 'Many' }, languages: ['en', 'fr'], footer: { en: 'Many.' } }),
  );
  const path = { title: { en: 'A path' }, summary: { en: 'Four of them.' }, labs: [0, 1, 2, 3].map(slugOf) };
  await writeFile(join(content, 'paths/four.yaml'), stringify(path));
  // The last one is in two paths.
  await writeFile(join(content, 'paths/one.yaml'), stringify({ ...path, title: { en: 'Another' }, labs: [slugOf(3)] }));
  for (let number = 0; number < LABS; number += 1) await writeLab(join(content, 'labs', slugOf(number)), number);
  const environment = { ...process.env, PODIUM_CONTENT: content, PODIUM_DIST: dist, ASTRO_TELEMETRY_DISABLED: '1' };
  await promisify(execFile)(join(root, 'node_modules/.bin/astro'), ['build', '--force'], {
    cwd: root,
    env: environment,
  });
  return { dist, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

const slugOf = (number: number): string => `lab-${String(number).padStart(2, '0')}`;

async function writeLab(folder: string, number: number): Promise<void> {
  const topic = TAGS[number % TAGS.length] ?? '';
  const lab = {
    title: { en: `The ${topic} of lab ${number}`, fr: `Lab ${number} : ${topic}` },
    summary: { en: `See what ${topic} do, break them, and put them right.`, fr: `Voyez ce que font les ${topic}.` },
    goals: { en: [number === 41 ? 'Tell a déjà-vu apart.' : 'Know more.'], fr: ['En savoir plus.'] },
    level: levels[number % levels.length],
    tags: number % 7 === 0 ? [topic, `own-${number}`] : [topic],
    minutes: 10 + number,
    image: 'podium.dev/shell:1',
    ceilingMinutes: 120,
  };
  await mkdir(join(folder, 'steps'), { recursive: true });
  await writeFile(join(folder, 'lab.yaml'), stringify(lab));
  await writeFile(join(folder, 'steps/01-begin.md'), '---\ntitle: Begin\n---\n\nRead.\n');
}
