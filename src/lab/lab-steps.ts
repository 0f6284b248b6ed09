/** Which steps a lab's page shows, and in which language each is. */
import { defaultLanguage, type Language } from '../../sandbox-server/protocol/language.ts';

export interface StepId {
  readonly id: string;
}

/**
 * The steps of `lab` in their order, each in `language` where it is written in it, and otherwise in the default language.
 * Ids are as `01-name` behind language and lab: `fr/first-steps/01-cluster`.
 */
export function stepsInLanguage<T extends StepId>(
  all: readonly T[],
  lab: string,
  language: Language,
): { readonly step: T; readonly language: Language }[] {
  const inDefault = all.filter(({ id }) => id.startsWith(`${defaultLanguage}/${lab}/`));
  const byId = new Map(all.map((step) => [step.id, step]));
  return inDefault
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
    .map((step) => {
      const wanted = byId.get(`${language}${step.id.slice(defaultLanguage.length)}`);
      return wanted === undefined ? { step, language: defaultLanguage } : { step: wanted, language };
    });
}
