/**
 * What is kept of a code: a hash to find it by, and what it grants, sealed with a key that is made of the code. A copy
 * of the database gives nobody a code, nor what one is worth. The code has 192 random bits, so one hash is enough. Pure
 * but for the nonce.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** AES-256 in Galois/Counter mode, with the lengths of NIST SP 800-38D. */
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function hashCode(code: string): string {
  return createHash('sha256').update(`hash:${code}`).digest('base64url');
}

/** The grant must be one that JSON carries. */
export function sealGrant(code: string, grant: unknown): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, deriveKey(code), nonce);
  const sealed = [cipher.update(JSON.stringify(grant), 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64url');
}

/** Throws where it was sealed with another code, or changed since. */
export function openGrant(code: string, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64url');
  const start = NONCE_BYTES + TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, deriveKey(code), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, start));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8'));
}

function deriveKey(code: string): Buffer {
  return Buffer.from(hkdfSync('sha256', code, '', 'podium grant', KEY_BYTES));
}
