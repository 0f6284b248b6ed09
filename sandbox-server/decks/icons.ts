/** Names of Font Awesome as pictures in the page: the one that is named, and no font of thousands. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Telling } from './telling.ts';

const PACKAGE = dirname(fileURLToPath(import.meta.resolve('@fortawesome/fontawesome-free/package.json')));
const STYLES: Readonly<Record<string, string>> = {
  fas: 'solid',
  'fa-solid': 'solid',
  far: 'regular',
  'fa-regular': 'regular',
  fab: 'brands',
  'fa-brands': 'brands',
};
const IS_ICON = ':is(i, span).fa, :is(i, span).fas, :is(i, span).far, :is(i, span).fab, :is(i, span)[class*="fa-"]';
/** Size, turn and place, which a style sheet gives. */
const IS_LOOK =
  /^fa-(?:\d+x|xs|sm|lg|xl|2xs|2xl|fw|ul|li|border|inverse|spin\S*|pulse|pull-\S+|rotate-\S+|flip\S*|stack\S*|beat|fade|bounce|shake)$/u;

/** Writes the picture into each element that a deck made for Font Awesome has. */
export function drawIcons(slides: Element, telling: Telling): void {
  for (const element of slides.querySelectorAll(IS_ICON)) {
    const classes = [...element.classList];
    const name = classes.find((each) => each.startsWith('fa-') && !(each in STYLES) && !IS_LOOK.test(each));
    if (name === undefined) continue;
    const style = STYLES[classes.find((each) => Object.hasOwn(STYLES, each)) ?? ''];
    const picture = findIcon(name.slice('fa-'.length), style);
    if (picture === undefined) telling.warnAt(element, name, `There is no icon ${name} in Font Awesome Free.`);
    else element.innerHTML = picture;
    if (!element.hasAttribute('aria-label')) element.setAttribute('aria-hidden', 'true');
  }
}

/** The SVG of an icon: in the style that is named, else in the first that has it; names of version 4 too. */
function findIcon(name: string, style: string | undefined): string | undefined {
  if (!/^[\w-]+$/u.test(name)) return undefined;
  const renamed = oldNames()[name];
  const styles = [...(style === undefined ? [] : [style]), 'solid', 'brands', 'regular'];
  const wanted = [
    ...styles.map((each) => join(each, name)),
    ...(renamed === undefined
      ? []
      : [STYLES[renamed.prefix ?? 'fas'], ...styles].map((each) => join(each ?? 'solid', renamed.name ?? name))),
  ];
  const file = wanted.map((each) => join(PACKAGE, 'svgs', `${each}.svg`)).find((each) => existsSync(each));
  if (file === undefined) return undefined;
  return readFileSync(file, 'utf8')
    .replace(/<!--[\s\S]*?-->/u, '')
    .replace('<svg ', '<svg class="icon" ');
}

interface Renamed {
  readonly name?: string;
  readonly prefix?: string;
}

let renamedIcons: Readonly<Record<string, Renamed>> | undefined;

/** What version 4 called otherwise. */
function oldNames(): Readonly<Record<string, Renamed>> {
  renamedIcons ??= parse(readFileSync(join(PACKAGE, 'metadata', 'shims.yml'), 'utf8')) as Record<string, Renamed>;
  return renamedIcons;
}
