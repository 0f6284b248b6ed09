/** After a build, a `.br` and a `.gz` beside every text file: the server sends them as they are and compresses nothing itself. */
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { AstroIntegration } from 'astro';

const TEXT_FILES = '**/*.{html,css,js,mjs,svg,json,xml,txt}';
/** Below this a header costs more than the bytes that are saved. */
const SMALLEST_BYTES = 1024;

const makeBrotli = promisify(brotliCompress);
const makeGzip = promisify(gzip);

async function compressFile(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < SMALLEST_BYTES) return;
  const brotli = await makeBrotli(bytes, { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } });
  await Promise.all([writeFile(`${file}.br`, brotli), writeFile(`${file}.gz`, await makeGzip(bytes, { level: 9 }))]);
}

export function precompress(): AstroIntegration {
  return {
    name: 'podium:precompress',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const folder = fileURLToPath(dir);
        let count = 0;
        for await (const file of glob(TEXT_FILES, { cwd: folder })) {
          await compressFile(join(folder, file));
          count += 1;
        }
        logger.info(`${count} files compressed beside themselves`);
      },
    },
  };
}
