/** What cells look like, as sequences that make the next ones look the same. */
import type { Core, Look } from './local-screen-core.ts';

export interface Pen {
  /** What gives the next characters this look; nothing where they have it anyway. */
  take(look: Look): string;
  /** What gives them none, so that new rows are blank. */
  drop(): string;
}

const PLAIN = '\u001b[m';
const NO_LINK = '\u001b]8;;\u001b\\';
/** Longer ones are not opened by all browsers, and a screen full of them would not fit. */
const MAX_LINK_CHARACTERS = 2048;
/** Bits of xterm.js (common/buffer/Constants.ts): of a foreground, and of any colour. */
const UNDERLINE = 0x1000_0000;
const COLOUR_KIND = 0x300_0000;
const ONE_OF_16 = 0x100_0000;
const ONE_OF_256 = 0x200_0000;
const COLOUR = 0x3ff_ffff;

/** Only a background: what erasing leaves. */
export function isErased({ fg, bg }: Look): boolean {
  return fg === 0 && (bg & ~COLOUR) === 0;
}

export function createPen({ _oscLinkService: links }: Core): Pen {
  let style = PLAIN;
  let urlId = 0;
  // Most cells look like the one before.
  let last: Look | undefined;

  function serializeLink(id: number): string | undefined {
    const link = id === 0 ? undefined : links.getLinkData(id);
    if (!link || link.uri.length > MAX_LINK_CHARACTERS) return undefined;
    return `\u001b]8;${link.id === undefined ? '' : `id=${link.id}`};${link.uri}\u001b\\`;
  }
  function change(nextStyle: string, nextUrlId: number, link: string): string {
    const changes = `${nextStyle === style ? '' : nextStyle}${nextUrlId === urlId ? '' : link}`;
    style = nextStyle;
    urlId = nextUrlId;
    return changes;
  }

  return {
    take(look) {
      if (last && isAlike(last, look)) return '';
      last = look;
      const link = serializeLink(look.extended.urlId);
      const next = serializeStyle(look, link !== undefined);
      return link === undefined ? change(next, 0, NO_LINK) : change(next, look.extended.urlId, link);
    },
    drop() {
      last = undefined;
      return change(PLAIN, 0, NO_LINK);
    },
  };
}

function isAlike({ fg, bg, extended }: Look, other: Look): boolean {
  if (fg !== other.fg || bg !== other.bg) return false;
  const { underlineStyle, underlineColor, urlId } = other.extended;
  return (
    extended.underlineStyle === underlineStyle && extended.underlineColor === underlineColor && extended.urlId === urlId
  );
}

/** All of the look, whatever it was before. */
function serializeStyle(look: Look, isLink: boolean): string {
  const flags = [
    look.isBold(),
    look.isDim(),
    look.isItalic(),
    false,
    look.isBlink(),
    false,
    look.isInverse(),
    look.isInvisible(),
    look.isStrikethrough(),
  ].flatMap((isSet, index) => (isSet ? [index + 1] : []));
  const numbers = [
    ...flags,
    ...serializeUnderline(look, isLink),
    ...(look.isOverline() ? [53] : []),
    ...serializeColour(38, look.fg),
    ...serializeColour(48, look.bg),
    ...serializeColour(58, look.extended.underlineColor),
  ];
  const style = numbers.length === 0 ? PLAIN : `\u001b[0;${numbers.join(';')}m`;
  return look.isProtected() ? `${style}\u001b[1"q` : style;
}

/** A link is always dashed, whatever its own underline; where its address is gone, it still is. */
function serializeUnderline(look: Look, isLink: boolean): (number | string)[] {
  const isUnderlined = isLink ? (look.fg & UNDERLINE) !== 0 : look.isUnderline();
  if (!isUnderlined) return [];
  const style = look.extended.underlineStyle;
  return [isLink || style <= 1 ? 4 : `4:${style}`];
}

/** `place` is SGR's number for "another foreground", "background" or "colour of the underline". */
function serializeColour(place: 38 | 48 | 58, bits: number): number[] {
  const kind = bits & COLOUR_KIND;
  const index = bits & 0xff;
  if (kind === 0) return [];
  if (kind === ONE_OF_256) return [place, 5, index];
  if (kind !== ONE_OF_16) return [place, 2, (bits >>> 16) & 0xff, (bits >>> 8) & 0xff, index];
  // By their own numbers, 30 to 37 and 90 to 97: drawn bold they may be shown brighter.
  return [index < 8 ? place - 8 + index : place + 52 + index - 8];
}
