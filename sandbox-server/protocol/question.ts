/**
 * A question of a step, in Markdown: what is asked, a list of answers with boxes, and why it is so. The page shows the
 * question and the answers; which are right, and why, stays with the server, which reads the same nodes.
 */

export type QuestionKind = 'quiz' | 'predict';

/** `:::quiz` is answered and judged, `:::predict` is answered before a run and compared with it. */
export function isQuestionKind(name: string): name is QuestionKind {
  return name === 'quiz' || name === 'predict';
}

/** What of a Markdown node counts here. */
interface Node {
  readonly type: string;
  readonly checked?: boolean | null | undefined;
  readonly children?: readonly Node[];
}

export interface Question<T extends Node> {
  readonly asked: readonly T[];
  /** The items of the list. */
  readonly answers: readonly T[];
  /** Indexes of the right ones, from 0, rising. */
  readonly right: readonly number[];
  readonly explanation: readonly T[];
}

export type QuestionResult<T extends Node> =
  { readonly ok: true; readonly question: Question<T> } | { readonly ok: false; readonly message: string };

/** More than a reader holds in mind. */
export const MAX_ANSWERS = 8;
const FORM = 'Write the question, a list of "- [ ] answer" and "- [x] right answer", then why it is so.';

export function splitQuestion<T extends Node>(children: readonly T[]): QuestionResult<T> {
  const index = children.findIndex(({ type }) => type === 'list');
  const list = children[index];
  const answers = (list?.children ?? []) as readonly T[];
  const right = answers.flatMap(({ checked }, at) => (checked === true ? [at] : []));
  const [asked, explanation] = [children.slice(0, index), children.slice(index + 1)];
  const isWhole = list && asked.length > 0 && explanation.length > 0;
  if (!isWhole || answers.some(({ checked }) => typeof checked !== 'boolean')) return { ok: false, message: FORM };
  if (answers.length < 2 || answers.length > MAX_ANSWERS)
    return { ok: false, message: `Give from 2 to ${MAX_ANSWERS} answers.` };
  if (right.length === 0) return { ok: false, message: 'No answer is right. Mark one with [x].' };
  return { ok: true, question: { asked, answers, right, explanation } };
}
