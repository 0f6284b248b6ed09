import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { APIRoute, GetStaticPaths } from 'astro';
import { contentFolder } from '../../site/content-folder.ts';
import { siteIdentity } from '../../site/site-entry.ts';

/** The logo that site.yaml names, if it names one. */
export const getStaticPaths = (async () => {
  const { logo } = await siteIdentity();
  return logo === undefined ? [] : [{ params: { file: basename(logo) }, props: { logo } }];
}) satisfies GetStaticPaths;

export const GET: APIRoute<{ logo: string }> = async ({ props }) => {
  const bytes = await readFile(join(contentFolder, props.logo));
  const contentType = extname(props.logo) === '.svg' ? 'image/svg+xml' : 'image/png';
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } });
};
