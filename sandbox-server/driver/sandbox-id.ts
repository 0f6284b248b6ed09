import { createHash } from 'node:crypto';

/** Lower-case letters and digits without those that are mistaken for another: ids are read aloud in a room. */
const ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789';
/** 12 characters of 5 bits: 60 bits, no accidental collision among the sandboxes of one server. */
const ID_LENGTH = 12;

/** The id of the one sandbox of this owner and lab; the same on every replica and after every restart. */
export function sandboxId(ownerHash: string, labSlug: string): string {
  return spell(createHash('sha256').update(`${ownerHash}/${labSlug}`).digest());
}

/** An id for what is made before anybody owns it. */
export function makeId(randomBytes: (size: number) => Uint8Array): string {
  return spell(randomBytes(ID_LENGTH));
}

function spell(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, ID_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
