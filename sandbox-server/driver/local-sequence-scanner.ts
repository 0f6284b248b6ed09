/**
 * Follows the control sequences of a terminal's output (ECMA-48, as xterm reads it) without drawing anything: where the stream can
 * be cut so that a screen drawn up to there and the bytes behind it give the same as the whole, and what the shell says of itself.
 */
import type { ServerMessage } from '../protocol/frames.ts';

export type PromptState = Extract<ServerMessage, { type: 'state' }>['prompt'];

export interface Cut {
  readonly offset: number;
  /** Put between screen and output where even a sequence had to be cut: makes a terminal skip the rest of it. */
  readonly lead: string;
}

export interface SequenceScanner {
  readonly isAlternateScreen: boolean;
  readonly prompt: PromptState;
  scan(bytes: Uint8Array): void;
}

/**
 * How long a stretch may be before a worse place is good enough. After a line feed nothing is pending (a wrap, a character that
 * the next one combines with or that is repeated); after another control nearly nothing.
 */
const AFTER_LINE_BYTES = 4 * 1024;
const AFTER_CONTROL_BYTES = 32 * 1024;
const AFTER_CHARACTER_BYTES = 64 * 1024;
/** A picture or a copied text of this size is cut: the ring would grow without end otherwise. */
const WITHIN_SEQUENCE_BYTES = 256 * 1024;
/** What is looked at of a sequence; the ones of interest are shorter. */
const COLLECTED_CHARACTERS = 32;

type State = 'ground' | 'escape' | 'csi' | 'osc' | 'dcs' | 'string';

const ESC = 0x1b;
const LINE_FEED = 0x0a;
const BEL = 0x07;
const isAbort = (byte: number) => byte === 0x18 || byte === 0x1a;

const afterEscape: Readonly<Record<string, State>> = {
  '[': 'csi',
  ']': 'osc',
  P: 'dcs',
  X: 'string',
  '^': 'string',
  _: 'string',
};
/** The same as one character of eight bits, in UTF-8 two bytes of which this is the second. */
const afterC2: Readonly<Record<number, State>> = {
  0x9b: 'csi',
  0x9d: 'osc',
  0x90: 'dcs',
  0x98: 'string',
  0x9e: 'string',
  0x9f: 'string',
};
/** Numbers that no terminal knows, so that it reads to the end of the string and does nothing. */
const leads: Readonly<Record<State, string>> = {
  ground: '',
  escape: '',
  csi: '',
  osc: '\u001b]9999;',
  dcs: '\u001bP9999z',
  string: '\u001b_',
};
const promptMarks: Readonly<Record<string, PromptState>> = { A: 'shown', B: 'shown', C: 'running', D: 'unknown' };

export function createSequenceScanner(onCut: (cut: Cut) => void): SequenceScanner {
  let state: State = 'ground';
  let collected = '';
  let continuationBytes = 0;
  let previous = 0;
  let offset = 0;
  let lastCut = 0;
  let isAlternateScreen = false;
  let prompt: PromptState = 'unknown';

  function considerCut(stretchBytes: number, lead = ''): void {
    if (offset - lastCut < stretchBytes) return;
    lastCut = offset;
    onCut({ offset, lead });
  }

  function enter(next: State): void {
    if (state === 'osc' && next !== 'osc') readOsc(collected);
    state = next;
    collected = '';
    continuationBytes = 0;
  }

  function readCsi(parameters: string): void {
    const [, numbers, final] = /^\?([\d;]+)([hl])$/.exec(parameters) ?? [];
    if (numbers?.split(';').some((number) => /^(47|1047|1049)$/.test(number))) isAlternateScreen = final === 'h';
  }

  function readOsc(text: string): void {
    const [, mark = ''] = /^133;([ABCD])/.exec(text) ?? [];
    prompt = promptMarks[mark] ?? prompt;
  }

  function endSequence(): void {
    enter('ground');
    considerCut(AFTER_CONTROL_BYTES);
  }

  function readGround(byte: number): void {
    if (byte < 0x20) {
      continuationBytes = 0;
      considerCut(byte === LINE_FEED ? AFTER_LINE_BYTES : AFTER_CONTROL_BYTES);
    } else if (byte < 0x80) {
      continuationBytes = 0;
      considerCut(AFTER_CHARACTER_BYTES);
    } else if (byte >= 0xc0) {
      continuationBytes = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    } else {
      const eightBit = previous === 0xc2 && continuationBytes === 1 ? afterC2[byte] : undefined;
      continuationBytes = Math.max(continuationBytes - 1, 0);
      if (eightBit) enter(eightBit);
      else if (continuationBytes === 0) considerCut(AFTER_CHARACTER_BYTES);
    }
  }

  function readEscape(byte: number): void {
    const next = collected === '' ? afterEscape[String.fromCharCode(byte)] : undefined;
    if (next) return enter(next);
    if (byte >= 0x30 && byte < 0x7f) {
      // A full reset leaves the alternate screen as well.
      if (byte === 0x63 && collected === '') isAlternateScreen = false;
      endSequence();
    } else if (byte >= 0x20) collect(byte);
  }

  function collect(byte: number): void {
    if (collected.length < COLLECTED_CHARACTERS) collected += String.fromCharCode(byte);
  }

  function readSequence(byte: number): void {
    const isEightBitEnd = previous === 0xc2 && byte === 0x9c;
    if (state === 'escape') readEscape(byte);
    else if (state !== 'csi') {
      if (isEightBitEnd || (state === 'osc' && byte === BEL)) endSequence();
      else if (state === 'osc') collect(byte);
    } else if (byte >= 0x40 && byte < 0x7f) {
      readCsi(collected + String.fromCharCode(byte));
      endSequence();
    } else if (byte >= 0x20) collect(byte);
  }

  return {
    get isAlternateScreen() {
      return isAlternateScreen;
    },
    get prompt() {
      return prompt;
    },
    scan(bytes) {
      for (const byte of bytes) {
        offset += 1;
        if (byte === ESC) enter('escape');
        else if (state === 'ground') readGround(byte);
        else if (isAbort(byte)) endSequence();
        else readSequence(byte);
        if (state !== 'ground') considerCut(WITHIN_SEQUENCE_BYTES, leads[state]);
        previous = byte;
      }
    },
  };
}
