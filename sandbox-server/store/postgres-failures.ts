/** What PostgreSQL and the way to it say, and what it means to an operator. Pure. */
import { PodiumError } from '../errors.ts';

/** Of the socket and of name resolution. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // A socket in the file system that is not there yet.
  'ENOENT',
]);
/**
 * SQLSTATE (PostgreSQL manual, appendix A): 08 connection exceptions, 57P shutting down, starting up or crashed,
 * 53300 too many connections, 25006 read only, as a database is that was just made the second one.
 */
const AWAY_STATES = /^(08...|57P0[1-5]|53300|25006)$/;
/** The client's own failures have no code. */
const AWAY_MESSAGES = /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client )/;

/** The database, or the way to it, is not there now and may be in a moment. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return NETWORK_CODES.has(code) || AWAY_STATES.test(code) || AWAY_MESSAGES.test(error.message);
}

/** SQLSTATE 53100 (disk full) and 58030 (input/output error): nothing was written. */
const DISK_STATES = /^(53100|58030)$/;

/** What a page is told where the database is not there, or its disk takes no more. */
export function toStoreError(error: unknown): unknown {
  if (isAway(error)) return new PodiumError('database_unreachable', { cause: error });
  const isFull = error instanceof Error && DISK_STATES.test(codeOf(error));
  return isFull ? new PodiumError('database_full', { cause: error }) : error;
}

/** The result, or the failure as what a page is told. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toStoreError(error);
  }
}

/** The same, for every method of a part of the store. */
export function explainEach<T extends object>(part: T): T {
  return new Proxy(part, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => explained(Promise.resolve(Reflect.apply(method, target, given)));
    },
  });
}

/** Why the server cannot begin with the database, and what to do. `where` names it without a password. */
export function explainOpening(where: string, error: unknown): string {
  const reason = describeFailure(error);
  const code = error instanceof Error ? codeOf(error) : '';
  if (isAway(error)) return `The ${where} does not answer: ${reason}. See that it runs and is reached from here.`;
  if (/^28/.test(code)) return `The ${where} refuses the user: ${reason}. Mend user and password.`;
  if (code === '3D000') return `The ${where} is not there: ${reason}. Make it: createdb.`;
  if (code === '42501') {
    return `The ${where} lets this user make no tables: ${reason}. Make the user its owner: ALTER DATABASE … OWNER TO ….`;
  }
  if (/corrupted migrations/.test(reason)) {
    return `The ${where} was written by a newer Podium. Start that version, or give this one another database.`;
  }
  return `The ${where} cannot be used: ${reason}.`;
}

/** A name with several addresses fails with all of their failures and without a message. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.message || codeOf(error)).replace(/\.$/, '');
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
