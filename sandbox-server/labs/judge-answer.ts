import { defaultLanguage } from '../protocol/language.ts';
import type { AnswerOrder, AnswerResult } from '../protocol/requests.ts';
import type { LabQuestion } from './lab.ts';

/**
 * What a learner is told: of a wrong answer to a quiz only that it is wrong, so that they think again; why it is so once
 * they are right, or give up with no answer at all. A prediction is compared, whatever it was. Pure.
 */
export function judgeAnswer(question: LabQuestion, { answers, language }: AnswerOrder): AnswerResult {
  const { kind, right, explanations } = question;
  const chosen = [...new Set(answers)].toSorted((a, b) => a - b);
  const isRight = chosen.length === right.length && chosen.every((answer, index) => answer === right[index]);
  if (kind === 'quiz' && !isRight && chosen.length > 0) return { isRight };
  const known = explanations[language] ? language : defaultLanguage;
  return { isRight, right: [...right], explanation: [...(explanations[known] ?? [])], language: known };
}
