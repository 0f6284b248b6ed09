/** What the text of a deck shows before it is split: lines that look like separators and are none, and the other way round. */
import type { Separators } from './deck.ts';
import type { MaskedBody, SlideSource } from './separators.ts';
import type { Telling } from './telling.ts';

export interface AdvisedSource {
  readonly masked: MaskedBody;
  readonly slides: readonly SlideSource[];
  readonly separators: Separators;
}

export function adviseOnSource(
  { masked: { body, openFence }, slides, separators }: AdvisedSource,
  telling: Telling,
): void {
  const { recognised, notesSeparator } = separators;
  const lines = body.split('\n').map((line) => line.replace(/\r$/u, ''));
  if (recognised.length > 0) {
    const shown = recognised.map((mark) => `"${mark}"`).join(' and ');
    const pattern = separators.verticalSeparator ?? '';
    telling.warnLine(
      lines.findIndex((line) => recognised.includes(line)),
      `Lines of ${shown} are taken for separators of vertical slides. To say so yourself: verticalSeparator: '${pattern}'.`,
    );
  }
  if (openFence !== undefined) telling.warnLine(openFence, 'This fence of code is never closed.');
  const marks = ['---', ...recognised];
  lines.forEach((line, index) => {
    if (line !== line.trim() && marks.includes(line.trim()) && /^\S/u.test(line)) {
      telling.warnLine(index, `A blank behind "${line.trim()}" makes it a ruled line, not a separator.`);
    }
  });
  for (const { text, line } of slides) {
    if (text.split(new RegExp(notesSeparator, 'mgi')).length > 2) {
      telling.warnLine(
        line,
        'The notes of this slide begin twice; reveal.js then shows them on the slide. Keep one "Note:".',
      );
    }
  }
}
