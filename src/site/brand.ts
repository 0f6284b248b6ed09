/** The community's picture and the favicon, as files of the site. */
import { basename } from 'node:path';

export interface Accent {
  light: string;
  dark: string;
}

/** Where the logo of site.yaml is served. */
export function brandPath(logo: string): string {
  return `/brand/${basename(logo)}`;
}

/** The accent on both grounds, out of the text of tokens.css: an SVG of its own cannot read the page's tokens. */
export function accentOf(tokens: string, hue: number | undefined): Accent {
  const usualHue = /--accent-hue: (\d+)/.exec(tokens)?.[1];
  const [, light, dark] = /--accent: light-dark\((oklch\(.+?\)\)), (oklch\(.+?\))\);/.exec(tokens) ?? [];
  if (light === undefined || dark === undefined) throw new Error('tokens.css has no --accent for both grounds.');
  const fill = (colour: string): string => colour.replace('var(--accent-hue)', String(hue ?? usualHue));
  return { light: fill(light), dark: fill(dark) };
}

/** Podium's lectern, seen from the side. */
export function faviconSvg({ light, dark }: Accent): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><style>
path{fill:${light};stroke:${light};stroke-width:2;stroke-linecap:round}
@media (prefers-color-scheme:dark){path{fill:${dark};stroke:${dark}}}
</style><path d="M3 9.5 19 4l2 3.5L5 13z" stroke-width="0"/><path d="M12.5 11.5V20M7 20.5h11" fill="none"/></svg>
`;
}
