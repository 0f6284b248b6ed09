/** Pictures and films of a deck: their addresses in the site instead of those that the author's own site had. */
import type { DeckPicture } from './deck.ts';
import type { Telling } from './telling.ts';

type PictureOf = (address: string) => DeckPicture | undefined;

/** What loads a file, and where its address stands. A list has addresses with commas between them. */
const LOADING: readonly { readonly selector: string; readonly name: string; readonly isList?: true }[] = [
  { selector: 'img, video, audio, source, embed, track', name: 'src' },
  { selector: 'img, video, audio, source', name: 'data-src' },
  { selector: 'video', name: 'poster' },
  { selector: 'object', name: 'data' },
  { selector: 'svg image', name: 'href' },
  { selector: 'section', name: 'data-background-image', isList: true },
  { selector: 'section', name: 'data-background-video', isList: true },
];
/** Where a file may stand, or something else: nothing is missing then. */
const PERHAPS = [
  { selector: 'section', name: 'data-background' },
  { selector: 'a', name: 'href' },
];
const IS_ELSEWHERE = /^(?:[a-z][a-z\d+.-]*:)?\/\//iu;
const IS_LOCAL = /^(?![a-z][a-z\d+.-]*:|\/\/|#|\?|$)/iu;

/** Rewrites the addresses of all that is there, and tells what is not. Returns the files that the deck shows. */
export function placePictures(slides: Element, pictureOf: PictureOf, telling: Telling): DeckPicture[] {
  const found = new Map<string, DeckPicture>();
  const place = (address: string): string | undefined => {
    const picture = IS_LOCAL.test(address) ? pictureOf(address) : undefined;
    if (picture !== undefined) found.set(picture.href, picture);
    return picture?.href;
  };
  for (const { selector, name, isList = false } of LOADING) {
    for (const element of slides.querySelectorAll(`:is(${selector})[${name}]`)) {
      placeOne({ element, name, isList }, place, telling);
    }
  }
  for (const { selector, name } of PERHAPS) {
    for (const element of slides.querySelectorAll(`${selector}[${name}]`)) {
      const href = place((element.getAttribute(name) ?? '').trim());
      if (href !== undefined) element.setAttribute(name, href);
    }
  }
  return [...found.values()];
}

interface Loading {
  readonly element: Element;
  readonly name: string;
  readonly isList: boolean;
}

function placeOne(
  { element, name, isList }: Loading,
  place: (address: string) => string | undefined,
  telling: Telling,
): void {
  const value = element.getAttribute(name) ?? '';
  const placed = (isList ? value.split(',') : [value]).map((each) => {
    const address = each.trim();
    const href = place(address);
    if (href === undefined && (IS_LOCAL.test(address) || IS_ELSEWHERE.test(address))) {
      telling.warnAt(element, address, whyNot(address));
      if (element.localName === 'img') standIn(element);
    }
    return href ?? each;
  });
  element.setAttribute(name, placed.join(','));
}

function whyNot(address: string): string {
  return IS_ELSEWHERE.test(address)
    ? `${address} is on another site, and pages here load nothing from there. Save it beside the deck.`
    : `There is no ${address}. Put it beside the deck, or name its folder in the front matter: base: ../static.`;
}

/** What it would have shown, in words. */
function standIn(image: Element): void {
  const stand = image.ownerDocument.createElement('span');
  for (const { name, value } of image.attributes)
    if (/^(?:id|class|data-(?!src)|style)/u.test(name)) stand.setAttribute(name, value);
  stand.classList.add('picture-missing');
  stand.textContent = image.getAttribute('alt') || (image.getAttribute('src') ?? '');
  image.replaceWith(stand);
}
