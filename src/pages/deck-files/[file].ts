/** Pictures and films of decks, under names that change with what is in them. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { APIRoute, GetStaticPaths } from 'astro';
import { allPictures } from '../../deck/deck-list.ts';

export const getStaticPaths = (async () =>
  (await allPictures()).map(({ href, path }) => ({
    params: { file: basename(href) },
    props: { path },
  }))) satisfies GetStaticPaths;

export const GET: APIRoute<{ path: string }> = async ({ props }) =>
  new Response(new Uint8Array(await readFile(props.path)));
