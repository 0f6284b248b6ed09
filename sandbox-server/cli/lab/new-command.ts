/** `podium lab new`: a small lab that works, to be changed into another. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const TEMPLATE = join(import.meta.dirname, 'template');

export interface NewDeps {
  readonly contentDirectory: string;
  readonly say: (line: string) => void;
}

/** Writes the lab and returns the exit status; what is there already is left as it is. */
export async function runNewCommand(name: string, { contentDirectory, say }: NewDeps): Promise<number> {
  const folder = join(contentDirectory, 'labs', name);
  const there = await readdir(folder).catch(() => undefined);
  if (there) {
    process.stderr.write(`There is a lab in ${folder} already. Choose another name, or delete it.\n`);
    return 1;
  }
  await mkdir(folder, { recursive: true });
  await cp(TEMPLATE, folder, { recursive: true });
  say(`A lab of one step is in ${folder}. Change it into yours:`);
  say('  lab.yaml          what the lab is, and what its checks may say');
  say('  steps/            the pages, in English and in French');
  say('  checks/, solve/   whether a step is done, what does it, and cases to try the check with');
  say('Then');
  say(`  podium lab dev ${name}       shows it as you write`);
  say(`  podium lab lint ${name}      says what is to be changed`);
  say(`  podium lab verify ${name}    tries all of it on a real cluster`);
  return 0;
}
