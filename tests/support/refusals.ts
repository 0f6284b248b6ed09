import assert from 'node:assert/strict';
import { decodeCheckOutput } from '../../sandbox-server/session/check-output.ts';

export interface Refusal {
  /** Of a message in lab.yaml. */
  readonly id: string;
  /** Names of the values that it comes with. */
  readonly values: readonly string[];
}

/** `refuse no-pod pod=web` in the shell; what follows is a verdict that jq found, or another command. */
const SHELL_REFUSAL = /\brefuse (?<words>"?[a-z][^\n;|&]*)/g;
const JQ_PROGRAM = /\bjq\b[^'\n]*'(?<program>[^']*)'/g;

const LITERAL = String.raw`"(?:[^"\\]|\\.)*"`;
/** To the third depth: of one that is deeper the rest is not read, and its values are missed. */
const GROUP = String.raw`\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`;
const NAME = String.raw`[$.\w][\w.]*`;
/** `"wrong-image pod=web found=" + ($image | quoted) + " expected=" + $expected`, over as many lines as it takes. */
const SENTENCE = new RegExp(String.raw`${LITERAL}(?:\s*\+\s*(?:${LITERAL}|${GROUP}|${NAME}))*`, 'g');
const PART = new RegExp(`(?<literal>${LITERAL})|${GROUP}|${NAME}`, 'g');

/** With a value it can be nothing else; a word alone is one where jq gives its result. */
const WITH_VALUES = /^[a-z][a-z0-9-]*(?: +\w+=)/;
const WORD = /^[a-z][a-z0-9-]*$/;
const BEFORE_RESULT = /(?:\bthen|\belse|\bdef \w+(?:\([^)]*\))?:)\s*$/;

/** Everything that a check may say when it refuses, read from its source: by the shell, or as the verdict of jq. */
export function refusalsOf(check: string): Refusal[] {
  const source = check.replace(/^\s*#.*$/gm, '').replaceAll('\\\n', ' ');
  const byShell = [...source.matchAll(SHELL_REFUSAL)].map(({ groups }) =>
    (groups?.['words'] ?? '').replaceAll('"', ''),
  );
  const byJq = [...source.matchAll(JQ_PROGRAM)].flatMap(({ groups }) => verdictsOf(groups?.['program'] ?? ''));
  return [...byShell, ...byJq].map(decodeRefusal);
}

/** What a program of jq may print, with `x` for every value that it computes, but for the word that says all is well. */
function verdictsOf(program: string): string[] {
  return [...program.matchAll(SENTENCE)].flatMap((match) => {
    const text = withoutComputed(match[0]);
    const isResult = BEFORE_RESULT.test(program.slice(0, match.index));
    return WITH_VALUES.test(text) || (isResult && WORD.test(text) && text !== 'passed') ? [text] : [];
  });
}

function withoutComputed(sentence: string): string {
  const parts = [...sentence.matchAll(PART)].map(({ groups }) => groups?.['literal']?.slice(1, -1) ?? 'x');
  return parts
    .join('')
    .replaceAll(String.raw`\u0027`, "'")
    .replaceAll(/\\\([^)]*\)/g, 'x');
}

function decodeRefusal(text: string): Refusal {
  const said = decodeCheckOutput(text);
  assert.ok(said, `no page can read what this check says: ${text}`);
  return { id: said.message, values: Object.keys(said.values) };
}
