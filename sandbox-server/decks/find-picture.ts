/** Finds the files that a deck shows: beside it, or where addresses from the root of an older site would be. */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import type { DeckPicture } from './deck.ts';

/** Where the site serves them. */
export const DECK_FILES = '/deck-files/';

/** A deck may come from a stranger: what it can name is published, so nothing but what a slide shows. */
const SHOWN = /^\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp|mp4|webm|ogv|ogg|mp3|wav|m4a|vtt|pdf)$/iu;
/** Folders that generators of sites serve from their root. */
const ROOT_FOLDERS = ['.', 'static', 'public', 'assets', 'source'];

export interface PictureFinder {
  /** The deck's own file. */
  readonly path: string;
  /** Nothing outside of it is found. */
  readonly root: string;
}

/** `pictureOf` of a deck: undefined for what is not there, outside of the root, or nothing that a slide shows. */
export function findPictures({ path, root }: PictureFinder) {
  const folder = dirname(path);
  return (address: string, base: string | undefined): DeckPicture | undefined => {
    const name = plainPath(address);
    if (name === undefined || !SHOWN.test(extname(name))) return undefined;
    const folders = address.startsWith('/') ? rootFolders(folder, root, base) : [folder];
    const file = folders.map((each) => join(each, name)).find((each) => isFileWithin(each, root));
    return file === undefined ? undefined : { path: file, href: hrefOf(file) };
  };
}

/** Without what stands behind it, and with its escapes undone. */
function plainPath(address: string): string | undefined {
  try {
    return decodeURIComponent(address.replace(/[?#].*$/su, ''));
  } catch {
    return undefined;
  }
}

/** From the deck's folder upwards to the root: the author's own folder first. */
function rootFolders(folder: string, root: string, base: string | undefined): string[] {
  const folders = base === undefined ? [] : [resolve(folder, base)];
  for (let each = resolve(folder); ; each = dirname(each)) {
    folders.push(...ROOT_FOLDERS.map((name) => join(each, name)));
    if (each === resolve(root) || each === dirname(each)) return folders;
  }
}

function isFileWithin(file: string, root: string): boolean {
  try {
    const real = realpathSync(file);
    const way = relative(realpathSync(root), real);
    return statSync(real).isFile() && !way.startsWith('..') && !way.split(sep).some((part) => part.startsWith('.'));
  } catch {
    return false;
  }
}

/** The name says what it is, the hash lets a browser keep it for good. */
function hrefOf(file: string): string {
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
  const extension = extname(file);
  const stem = basename(file, extension).replace(/[^\w-]+/gu, '-');
  return `${DECK_FILES}${stem}.${hash}${extension.toLowerCase()}`;
}
