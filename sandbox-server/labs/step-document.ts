/** What one step's Markdown asks of the server: blocks to type and to write, questions, checks. Pure. */
import { markdownToMdast, type MdastNode } from 'satteri';
import { blockId, decodeFence, saveId, type Fence } from '../protocol/fence.ts';
import { stepFrontMatter } from '../protocol/lab.ts';
import { isQuestionKind, splitQuestion, type QuestionKind } from '../protocol/question.ts';
import { slug } from '../protocol/sandbox.ts';
import type { ExpectedOutput, LabProblem, RunBlock, StepBlock } from './lab.ts';
import { decodeYaml } from './yaml-source.ts';

/** A step is read in minutes; one of this size is a file that does not belong here. */
const MAX_STEP_CHARACTERS = 256 * 1024;
const FRONT_MATTER = /^---\r?\n(?<yaml>[\s\S]*?)\r?\n---\r?\n/;

export interface StepQuestion {
  readonly name: string;
  readonly kind: QuestionKind;
  readonly answerCount: number;
  readonly right: readonly number[];
  /** Paragraphs, with code between backticks. */
  readonly explanation: readonly string[];
}

export interface StepDocument {
  readonly blocks: readonly StepBlock[];
  readonly questions: readonly StepQuestion[];
  readonly checks: readonly string[];
  readonly problems: readonly LabProblem[];
}

export interface StepSource {
  readonly source: string;
  /** As messages name it. */
  readonly file: string;
  readonly number: number;
}

/** Reads a step as the page does: blocks are counted in the order of the document. Never throws. */
export function decodeStep({ source, file, number }: StepSource): StepDocument {
  if (source.length > MAX_STEP_CHARACTERS) {
    const message = `Keep a step below ${MAX_STEP_CHARACTERS} characters.`;
    return { blocks: [], questions: [], checks: [], problems: [{ file, message }] };
  }
  const { yaml, root, linesBefore } = parseStep(source);
  const frontMatter = decodeYaml(yaml, stepFrontMatter, { file, firstLine: 2 });
  const reader = new StepReader(file, number, linesBefore);
  reader.visit(root);
  const { blocks, questions, checks } = reader;
  return { blocks, questions, checks, problems: [...(frontMatter.ok ? [] : frontMatter.problems), ...reader.problems] };
}

/** The front matter and the Markdown behind it, whose lines are counted from there. */
export function parseStep(source: string): { yaml: string; root: MdastNode; linesBefore: number } {
  const head = FRONT_MATTER.exec(source);
  const root = markdownToMdast(source.slice(head?.[0].length ?? 0), { features: { directive: true } });
  return { yaml: head?.groups?.['yaml'] ?? '', root, linesBefore: (head?.[0].match(/\n/g) ?? []).length };
}

class StepReader {
  readonly blocks: StepBlock[] = [];
  readonly questions: StepQuestion[] = [];
  readonly checks: string[] = [];
  readonly problems: LabProblem[] = [];
  readonly #file: string;
  readonly #number: number;
  readonly #linesBefore: number;
  #hintDepth = 0;

  constructor(file: string, number: number, linesBefore: number) {
    this.#file = file;
    this.#number = number;
    this.#linesBefore = linesBefore;
  }

  visit(node: MdastNode): void {
    if (node.type === 'code') this.#onFence(node);
    if (node.type === 'leafDirective' && node.name === 'check') this.#onCheck(node);
    if (node.type === 'containerDirective' && isQuestionKind(node.name)) return this.#onQuestion(node, node.name);
    const isHint = node.type === 'containerDirective' && node.name === 'hint';
    this.#hintDepth += isHint ? 1 : 0;
    if ('children' in node) for (const child of node.children) this.visit(child);
    this.#hintDepth -= isHint ? 1 : 0;
  }

  #onFence(node: Extract<MdastNode, { type: 'code' }>): void {
    const result = decodeFence(node.lang, node.meta);
    if (!result.ok) return this.#complain(node, result.message);
    if (hasControlCharacter(node.value)) {
      const message = `The block "${node.value.slice(0, 40)}" has a control character. Write plain text.`;
      return this.#complain(node, message);
    }
    this.#addBlock(result.fence, node.value, this.#lineOf(node));
  }

  #addBlock(fence: Fence, value: string, line: number): void {
    const isInHint = this.#hintDepth > 0;
    const count = (kind: StepBlock['kind']) => this.blocks.filter((block) => block.kind === kind).length + 1;
    if (fence.kind === 'run') {
      const id = blockId(this.#number, count('run'));
      this.blocks.push({
        kind: 'run',
        id,
        terminal: fence.terminal,
        command: value,
        output: undefined,
        line,
        isInHint,
      });
    } else if (fence.kind === 'save') {
      const content = Buffer.from(`${value}\n`);
      const file = { path: fence.path, content, isExecutable: value.startsWith('#!') };
      this.blocks.push({ kind: 'save', id: saveId(this.#number, count('save')), file, line, isInHint });
    } else if (fence.kind === 'output') this.#addOutput({ text: value, isAgain: fence.isAgain, line });
  }

  /** It belongs to the run block right before it; what nothing was run for is only shown. */
  #addOutput(output: ExpectedOutput): void {
    const before = this.blocks.at(-1);
    if (before?.kind !== 'run' || before.output) return;
    this.blocks[this.blocks.length - 1] = { ...before, output } satisfies RunBlock;
  }

  #onCheck(node: Extract<MdastNode, { type: 'leafDirective' }>): void {
    const name = node.attributes?.['name'];
    if (name) this.checks.push(name);
    else this.#complain(node, 'A check without a name. Write ::check{name=first-pod}.');
  }

  #onQuestion(node: Extract<MdastNode, { type: 'containerDirective' }>, kind: QuestionKind): void {
    const name = slug.safeParse(node.attributes?.['name']);
    if (!name.success) return this.#complain(node, `Name it in lower-case letters: :::${kind}{name=what-restarts}.`);
    const result = splitQuestion<MdastNode>(node.children);
    if (!result.ok) return this.#complain(node, result.message);
    const { answers, right, explanation } = result.question;
    const paragraphs = explanation.map(plainText);
    this.questions.push({ name: name.data, kind, answerCount: answers.length, right, explanation: paragraphs });
  }

  #complain(node: MdastNode, message: string): void {
    this.problems.push({ file: this.#file, line: this.#lineOf(node), message });
  }

  #lineOf(node: MdastNode): number {
    return (node.position?.start.line ?? 1) + this.#linesBefore;
  }
}

/** A tab or a line end is typed; an escape sequence in a command would be an attack on whoever presses Run. */
function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}]/u.test(text.replace(/[\n\t]/g, ''));
}

function plainText(node: MdastNode): string {
  if (node.type === 'inlineCode') return `\`${node.value}\``;
  if (node.type === 'break') return ' ';
  if ('children' in node) return node.children.map(plainText).join('');
  return 'value' in node ? node.value.replaceAll('\n', ' ') : '';
}
