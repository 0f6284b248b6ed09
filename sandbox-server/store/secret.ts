import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';

/** Of the store, under which servers with one database have the key. */
export const COOKIE_KEY = 'cookie-key';
/** As long as the digest that it keys; shorter is easier to guess, longer is no harder. */
const SECRET_BYTES = 32;
/** Whoever reads it can act as any learner. */
const PRIVATE = 0o600;

export function makeSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The key that signs cookies: read from `file`, or made there. Throws an Error that says what to do. */
export async function loadSecret(file: string): Promise<Buffer> {
  const secret = (await readSecret(file)) ?? (await makeSecretFile(file));
  if (secret.length < SECRET_BYTES) {
    throw new Error(`${file} is too short for a key. Delete it, and a new one is made; learners then start anew.`);
  }
  return secret;
}

async function readSecret(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read (${error.code}). Give it to the user that runs the server.`, {
      cause: error,
    });
  });
}

/** Two servers that start at once end up with the same key: a link appears whole and only once. */
async function makeSecretFile(file: string): Promise<Buffer> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, makeSecret(), { mode: PRIVATE });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readFile(file);
}
