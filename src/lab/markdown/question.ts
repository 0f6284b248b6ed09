/** A question of a step as a form. Which answers are right, and why, never reaches the page: the server judges. */
import type { MdastNode } from 'satteri';
import { splitQuestion, type QuestionKind } from '../../../sandbox-server/protocol/question.ts';

export interface QuestionDirective {
  readonly kind: QuestionKind;
  readonly name: string;
  readonly children: readonly MdastNode[];
}

/** Throws an Error that says how a question is written. */
export function makeQuestion({ kind, name, children }: QuestionDirective): MdastNode {
  const result = splitQuestion<MdastNode>(children);
  if (!result.ok) throw new Error(`The question ${name}: ${result.message}`);
  const { asked, answers, right } = result.question;
  const type = right.length > 1 ? 'checkbox' : 'radio';
  const choices = answers.map((answer, index) =>
    makeAnswer(answer, `<input type="${type}" name="${name}" value="${index}">`),
  );
  const [first, ...more] = asked;
  const legend = words('legend', first ? wordsOf(first) : []);
  const fields = element('fieldset', {}, [legend, ...more, ...choices]);
  return element('form', { className: ['question'], 'data-question': name, 'data-kind': kind }, [fields]);
}

function makeAnswer(answer: MdastNode, input: string): MdastNode {
  // A tight list's item holds one paragraph, whose words go beside the box.
  const inside = wordsOf(answer).flatMap((part) => (part.type === 'paragraph' ? wordsOf(part) : [part]));
  return element('label', { className: ['answer'] }, [{ type: 'html', value: input }, words('span', inside)]);
}

function wordsOf(node: MdastNode): readonly MdastNode[] {
  return 'children' in node ? (node.children as readonly MdastNode[]) : [];
}

/** Any element: Markdown has no node for it, but each node may say what it becomes. */
function element(hName: string, hProperties: Record<string, unknown>, children: readonly MdastNode[]): MdastNode {
  return { type: 'blockquote', data: { hName, hProperties }, children: [...children] } as unknown as MdastNode;
}

/** One whose children are words, with no blank put between them. */
function words(hName: string, children: readonly MdastNode[]): MdastNode {
  return { type: 'paragraph', data: { hName }, children: [...children] } as unknown as MdastNode;
}
