/** What is said in one language of a lab and not in the other. Pure. */
import type { LabProblem } from '../../../labs/lab.ts';
import type { Localised } from '../../../protocol/language.ts';
import { lineOf } from './image-rules.ts';
import type { LabSources } from './lab-sources.ts';

/** A lab that speaks English alone lacks nothing; one that begins with French goes on with it. */
export function judgeTranslations({ slug, yaml, definition, steps }: LabSources): LabProblem[] {
  if (!definition) return [];
  const isTranslated = definition.title.fr !== undefined || steps.some(({ language }) => language === 'fr');
  if (!isTranslated) return [];
  const file = `labs/${slug}/lab.yaml`;
  const missing = (['title', 'summary', 'goals'] as const)
    .filter((key) => definition[key].fr === undefined)
    .map((key) => ({
      file,
      line: lineOf(yaml, new RegExp(`^${key}:`, 'mu')),
      message: `${key} has no French. Write fr: beside en:.`,
    }));
  const { goals } = definition;
  if (goals.fr && goals.fr.length !== goals.en.length) {
    const message = 'There are not as many goals in French as in English. Write the same ones.';
    missing.push({ file, line: lineOf(yaml, /^goals:/mu), message });
  }
  const messages = Object.entries(definition.messages).flatMap(([id, text]) => {
    const message = judgeMessage(id, text);
    return message === undefined ? [] : [{ file, line: lineOf(yaml, new RegExp(`^ +${id}:`, 'mu')), message }];
  });
  const french = new Set(steps.filter(({ language }) => language === 'fr').map(({ number }) => number));
  const untold = steps.filter(({ language, number }) => language === 'en' && !french.has(number));
  return [
    ...missing,
    ...messages,
    ...untold.map(({ shown }) => ({
      file: shown,
      message: `It is not there in French. Write ${shown.replace(/\.md$/u, '.fr.md')}.`,
    })),
  ];
}

function judgeMessage(id: string, { en, fr }: Localised): string | undefined {
  if (fr === undefined) return `${id} has no French. Write fr: beside en:.`;
  const [english, french] = [valuesOf(en), valuesOf(fr)];
  if (english.join() === french.join()) return undefined;
  return `${id} names other values in French (${french.join(' ') || 'none'}) than in English (${english.join(' ') || 'none'}). Name the same ones.`;
}

function valuesOf(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/gu) ?? [])].toSorted();
}
