/** A diagram in Graphviz's language as SVG, drawn at build time in the page's own line, colour and type. */
import { instance } from '@viz-js/viz';
import { escapeAttribute } from './escape.ts';

const POINTS_PER_PX = 0.75;
/** Of the drawing's letters, before the page is narrow. */
const FONT_PX = 15;
/** On a phone it is drawn this much smaller at most, and moved sideways beyond that: letters must stay legible. */
const SMALLEST_SCALE = 0.88;

/** Of all drawings; an author says what is in them and not how they look. Helvetica is as wide as the page's own face. */
const attributes = {
  graphAttributes: {
    bgcolor: 'transparent',
    fontname: 'Helvetica',
    fontsize: FONT_PX * POINTS_PER_PX,
    pad: 0.05,
    nodesep: 0.35,
    ranksep: 0.45,
  },
  nodeAttributes: {
    shape: 'box',
    style: 'rounded',
    fontname: 'Helvetica',
    fontsize: FONT_PX * POINTS_PER_PX,
    height: 0.36,
  },
  edgeAttributes: { fontname: 'Helvetica', fontsize: FONT_PX * POINTS_PER_PX, arrowsize: 0.7 },
} as const;

/** Throws an Error that says what Graphviz does not understand. */
export async function renderDiagram(source: string, alt: string): Promise<string> {
  const viz = await instance();
  const result = viz.render(source, { format: 'svg', ...attributes });
  if (result.status !== 'success') {
    throw new Error(`This diagram cannot be drawn: ${result.errors.map(({ message }) => message).join('; ')}`);
  }
  return `<figure class="diagram" tabindex="0">${restyle(result.output, alt)}</figure>`;
}

/** Leaves to the style sheet what colour, line and letters are, and takes ids away: there are several drawings on a page. */
export function restyle(svg: string, alt: string): string {
  const [width, height] = ['width', 'height'].map((name) =>
    Math.round(Number(new RegExp(`${name}="([\\d.]+)pt"`).exec(svg)?.[1] ?? 0) / POINTS_PER_PX),
  );
  const smallest = Math.round((width ?? 0) * SMALLEST_SCALE);
  const head = `<svg role="img" aria-label="${escapeAttribute(alt)}" width="${width}" height="${height}" style="min-width: ${smallest}px"`;
  return svg
    .slice(svg.indexOf('<svg'))
    .replace(/<svg width="[^"]*" height="[^"]*"/, head)
    .replaceAll(/<!--[^]*?-->|<title>[^]*?<\/title>/g, '')
    .replaceAll(/ (?:id|xmlns:xlink|xml:space|font-family|fill|stroke)="[^"]*"/g, '')
    .replaceAll(/\s*\n\s*/g, ' ');
}
