/** The terminal's colours, read from the page's tokens, so that the site's light and dark are the terminal's too. */
import type { ITheme } from '@xterm/xterm';
import { resolveColour } from '../site/theme.ts';
import { toHexColour } from './colour.ts';

const roles = {
  background: '--terminal-ground',
  foreground: '--terminal-ink',
  cursor: '--terminal-cursor',
  cursorAccent: '--terminal-ground',
  selectionBackground: '--terminal-selection',
  overviewRulerBorder: '--terminal-ground',
  scrollbarSliderBackground: '--terminal-scrollbar',
  scrollbarSliderHoverBackground: '--line-strong',
  scrollbarSliderActiveBackground: '--line-strong',
  black: '--terminal-black',
  red: '--terminal-red',
  green: '--terminal-green',
  yellow: '--terminal-yellow',
  blue: '--terminal-blue',
  magenta: '--terminal-magenta',
  cyan: '--terminal-cyan',
  white: '--terminal-white',
  brightBlack: '--terminal-bright-black',
  brightRed: '--terminal-bright-red',
  brightGreen: '--terminal-bright-green',
  brightYellow: '--terminal-bright-yellow',
  brightBlue: '--terminal-bright-blue',
  brightMagenta: '--terminal-bright-magenta',
  brightCyan: '--terminal-bright-cyan',
  brightWhite: '--terminal-bright-white',
} as const satisfies Partial<Record<keyof ITheme, `--${string}`>>;

/** The colours as they are at `host` now. */
export function readTheme(host: HTMLElement): ITheme {
  const entries = Object.entries(roles).map(([role, token]) => [role, readColour(token, host)]);
  return Object.fromEntries(entries) as ITheme;
}

/** A token's colour at `host`, as `#rrggbb`. */
export function readColour(token: `--${string}`, host: HTMLElement): string {
  return toHexColour(resolveColour(token, host));
}
