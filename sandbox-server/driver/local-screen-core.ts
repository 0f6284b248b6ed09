/**
 * What a terminal of xterm.js remembers and gives no public name to. Its own serializer looks in here as well, but leaves out
 * much. The version is pinned, and a test compares all of this between a screen and one that it was drawn on.
 */
import type { IBufferCell, Terminal } from '@xterm/headless';

type CellFlags = `is${'Bold' | 'Dim' | 'Italic' | 'Blink' | 'Inverse' | 'Invisible' | 'Strikethrough' | 'Overline'}`;

/** How a cell looks, or how the next one will. */
export interface Look extends Pick<IBufferCell, CellFlags | 'isUnderline'> {
  /** Colours in the lower 26 bits, flags above. */
  readonly fg: number;
  readonly bg: number;
  readonly extended: { readonly underlineStyle: number; readonly underlineColor: number; readonly urlId: number };
  isProtected(): number;
}

/** What is drawn instead of an ASCII character. */
export type Charset = Readonly<Record<string, string>>;

/** The normal screen or the alternate one. */
export interface CoreBuffer {
  /** Lines above the screen. */
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly savedX: number;
  /** Counted from the oldest line. */
  readonly savedY: number;
  readonly savedCurAttrData: Look;
  readonly savedCharset: Charset | undefined;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
}

export interface Core {
  readonly buffers: { readonly normal: CoreBuffer; readonly alt: CoreBuffer; readonly active: CoreBuffer };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly decPrivateModes: { readonly cursorStyle?: string; readonly cursorBlink?: boolean };
  };
  readonly coreMouseService: { readonly activeEncoding: string };
  readonly _charsetService: {
    /** Of four places the one that is in use, */
    readonly glevel: number;
    readonly _charsets: readonly (Charset | undefined)[];
    /** and the one in it, unless another came back with a cursor. */
    readonly charset: Charset | undefined;
  };
  readonly _inputHandler: {
    readonly _curAttrData: Look;
    eraseInDisplay(which: { readonly params: readonly number[] }, respectsProtection: boolean): boolean;
  };
  readonly _oscLinkService: { getLinkData(urlId: number): { readonly id?: string; readonly uri: string } | undefined };
}

export function coreOf(terminal: Terminal): Core {
  return (terminal as unknown as { readonly _core: Core })._core;
}
