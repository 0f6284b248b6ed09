/** Colours as the terminal's renderers want them. The page's tokens are in OKLCH, and browsers hand them out as such. */

/** `#rrggbb` of a computed CSS colour: `oklch(…)` is converted, anything else is left as it is. */
export function toHexColour(computed: string): string {
  const match = /^oklch\(\s*([\d.]+)(%?)\s+([\d.]+)\s+([\d.]+|none)/.exec(computed);
  if (match === null) return computed;
  const lightness = Number(match[1]) / (match[2] === '%' ? 100 : 1);
  const hue = match[4] === 'none' ? 0 : Number(match[4]);
  const channels = oklchToSrgb(lightness, Number(match[3]), hue);
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** OKLCH to 8-bit sRGB, cut off at the gamut's edge. The matrices are Björn Ottosson's (bottosson.github.io/posts/oklab). */
export function oklchToSrgb(lightness: number, chroma: number, hueDegrees: number): readonly [number, number, number] {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toSrgbChannel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toSrgbChannel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toSrgbChannel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Linear light to the sRGB curve, 0 to 255 (IEC 61966-2-1). */
function toSrgbChannel(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear));
  const curved = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(curved * 255);
}
