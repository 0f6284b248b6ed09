/** The licences of what a browser gets from others: fonts and programs. Those of images and binaries travel with them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIRoute } from 'astro';

const SHIPPED = [
  '@fontsource-variable/atkinson-hyperlegible-next',
  '@fontsource-variable/jetbrains-mono',
  '@xterm/xterm',
  'reveal.js',
  'katex',
  '@fortawesome/fontawesome-free',
  'zod',
  '@astrojs/starlight',
];

function licenceOf(name: string): string {
  const folder = join('node_modules', name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} is shipped to browsers, and its folder has no licence.`);
  return `${name}\n${'='.repeat(name.length)}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

export const GET: APIRoute = () =>
  new Response(SHIPPED.map(licenceOf).join('\n\n'), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
