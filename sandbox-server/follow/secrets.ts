/** Codes that anybody may know, and keys that nobody may. */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { CODE_ALPHABET, CODE_LENGTH } from '../protocol/showing.ts';

/** 192 bits: beyond guessing. */
const KEY_BYTES = 24;

export interface MakeSecrets {
  readonly makeCode: () => string;
  readonly makeKey: () => string;
  readonly makeId: () => string;
}

const ID_BYTES = 9;

export const randomSecrets: MakeSecrets = {
  makeCode: () => Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join(''),
  makeKey: () => randomBytes(KEY_BYTES).toString('base64url'),
  makeId: () => randomBytes(ID_BYTES).toString('base64url'),
};

/** What is kept of a key: a copy of the database lets nobody present. The key is random and long, so one hash is enough. */
export function hashKey(key: string): string {
  return createHash('sha256').update(`showing:${key}`).digest('base64url');
}
