/**
 * What the info string of a code fence says: the page and the server read it alike, each in its own copy of the Markdown.
 * They count alike too: a click says which block it was, never which command.
 */

/** What a fence is for. */
export type Fence =
  /** Typed into a terminal by a click; terminals count from 1. */
  | { readonly kind: 'run'; readonly terminal: number }
  /** Written into the learner's home by a click. */
  | { readonly kind: 'save'; readonly path: string }
  /** What one should see of the run block before it; `isAgain`: perhaps only when the command is run again. */
  | { readonly kind: 'output'; readonly isAgain: boolean }
  /** A Graphviz drawing, with what it says for those who do not see it. */
  | { readonly kind: 'diagram'; readonly alt: string }
  /** Read, and copied. */
  | { readonly kind: 'code' };

export type FenceResult =
  { readonly ok: true; readonly fence: Fence } | { readonly ok: false; readonly message: string };

/** `run` alone is the first one. */
const terminalWords = ['first', 'second', 'third', 'fourth'] as const;
/** Beneath the home, without a way out of it, and nothing that a shell or a header of tar reads otherwise. */
const SAVE_PATH = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
/** As long as a name may be in a tar archive without extensions. */
const MAX_PATH_CHARACTERS = 99;
const WORD = /([^\s=]+)(?:=(?:"([^"]*)"|(\S*)))?/g;

/** `s2-b1`: the first run block of step 2. Both count from 1. */
export function blockId(stepNumber: number, index: number): string {
  return `s${stepNumber}-b${index}`;
}

/** `s2-f1`: the first file that step 2 has written. */
export function saveId(stepNumber: number, index: number): string {
  return `s${stepNumber}-f${index}`;
}

/** Reads the words behind ` ``` `: the language and the rest. Says what to write where they are not understood. */
export function decodeFence(language: string | null | undefined, meta: string | null | undefined): FenceResult {
  const words = new Map([...(meta ?? '').matchAll(WORD)].map(([, name = '', quoted, bare]) => [name, quoted ?? bare]));
  if (language === 'output')
    return onlyWords(words, ['again']) ?? good({ kind: 'output', isAgain: words.has('again') });
  if (language === 'dot') return onlyWords(words, ['alt']) ?? decodeDiagram(words.get('alt'));
  const unknown = onlyWords(words, ['run', 'save']);
  if (unknown) return unknown;
  if (words.has('run') && words.has('save')) return bad('A block is run or saved, not both. Make two of it.');
  if (words.has('run')) return decodeRun(words.get('run'));
  return words.has('save') ? decodeSave(words.get('save')) : good({ kind: 'code' });
}

function decodeRun(terminal = 'first'): FenceResult {
  const index = terminalWords.findIndex((word) => word === terminal);
  if (index < 0) return bad(`There is no terminal "${terminal}". Write run=second, run=third or run=fourth.`);
  return good({ kind: 'run', terminal: index + 1 });
}

function decodeSave(path = ''): FenceResult {
  if (SAVE_PATH.test(path) && path.length <= MAX_PATH_CHARACTERS) return good({ kind: 'save', path });
  return bad(`"${path}" is no path beneath the home. Write one like save=web.yaml or save=manifests/web.yaml.`);
}

function decodeDiagram(alt = ''): FenceResult {
  if (alt.trim() === '') return bad('A diagram says what it shows for those who do not see it. Write dot alt="…".');
  return good({ kind: 'diagram', alt });
}

function onlyWords(words: ReadonlyMap<string, unknown>, known: readonly string[]): FenceResult | undefined {
  const word = [...words.keys()].find((each) => !known.includes(each));
  if (word === undefined) return undefined;
  return bad(`"${word}" means nothing behind this language. Known are: ${known.join(', ')}.`);
}

function good(fence: Fence): FenceResult {
  return { ok: true, fence };
}

function bad(message: string): FenceResult {
  return { ok: false, message };
}
