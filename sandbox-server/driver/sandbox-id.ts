import { createHash } from 'node:crypto';

/** Lower-case letters and digits without those that are mistaken for another: ids are read aloud in a room. */
const ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789';
/** 12 characters of 5 bits: 60 bits, no accidental collision among the sandboxes of one server. */
const ID_LENGTH = 12;

/** The id of the one sandbox of this owner and lab; the same on every replica and after every restart. */
export function sandboxId(ownerHash: string, labSlug: string): string {
  const digest = createHash('sha256').update(`${ownerHash}/${labSlug}`).digest();
  return Array.from(digest.subarray(0, ID_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
