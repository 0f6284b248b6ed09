/** Scripts in the learner's place, made of what a page has: files to be written, commands to be run. Pure. */
import type { HomeFile } from '../../../labs/lab.ts';

/** Writes them beneath the home, over what is there. */
export function makeWriteScript(files: readonly HomeFile[]): string {
  const lines = files.flatMap(({ path, content, isExecutable }) => {
    const target = quote(`./${path}`);
    return [
      ...(path.includes('/') ? [`mkdir -p ${quote(`./${path.slice(0, path.lastIndexOf('/'))}`)}`] : []),
      `printf %s ${quote(Buffer.from(content).toString('base64'))} | base64 -d > ${target}`,
      ...(isExecutable ? [`chmod +x ${target}`] : []),
    ];
  });
  return ['#!/bin/sh', 'set -eu', ...lines, ''].join('\n');
}

/** A command of a page is bash's. */
export function makeCommandScript(command: string): string {
  return `#!/bin/sh\nexec bash -c ${quote(command)}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
