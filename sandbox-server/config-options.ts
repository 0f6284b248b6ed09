/** Kinds of options: how what an operator has written becomes a value, or a sentence that says what to write. */
import { resolve } from 'node:path';
import { errorTable, isErrorCode, type ErrorCode } from './errors.ts';

/** What of the machine the defaults depend on. */
export interface Surroundings {
  readonly isRoot: boolean;
  readonly home: string;
  readonly workingDirectory: string;
}

export interface Option<T> {
  readonly variable: string;
  readonly about: string;
  /** As the reference page says it. */
  readonly defaultText: string;
  readonly allowed?: readonly string[];
  /** Holds a password: what was given is never shown. */
  readonly isSecret?: boolean;
  /** `undefined` is "not set". Throws an Error that says what to write instead. */
  parse(text: string | undefined, surroundings: Surroundings, environment: Environment): T;
}
export type Environment = Readonly<Record<string, string | undefined>>;

export function text(variable: string, byDefault: string, about: string): Option<string> {
  return { variable, about, defaultText: `\`${byDefault}\``, parse: (given) => given ?? byDefault };
}

export function errorCode(variable: string, about: string): Option<ErrorCode | undefined> {
  return {
    variable,
    about,
    defaultText: 'none',
    parse(given) {
      if (given === undefined || isErrorCode(given)) return given;
      throw new Error(`Write a code of the error table: ${Object.keys(errorTable).join(', ')}.`);
    },
  };
}

export function folder(variable: string, byDefault: string, about: string): Option<string> {
  return {
    variable,
    about,
    defaultText: `\`${byDefault}\``,
    parse: (given, { workingDirectory }) => resolve(workingDirectory, given ?? byDefault),
  };
}

export function wholeNumber(
  variable: string,
  { byDefault, least, most }: { byDefault: number; least: number; most: number },
  about: string,
): Option<number> {
  return {
    variable,
    about: `${about} From ${least} to ${most}.`,
    defaultText: `\`${byDefault}\``,
    parse(given) {
      if (given === undefined) return byDefault;
      const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
      if (!(value >= least && value <= most)) throw new Error(`Write a whole number from ${least} to ${most}.`);
      return value;
    },
  };
}

export function oneOf<const T extends string>(
  variable: string,
  allowed: readonly T[],
  byDefault: NoInfer<T>,
  about: string,
): Option<T> {
  return {
    variable,
    about,
    defaultText: `\`${byDefault}\``,
    allowed,
    parse(given) {
      const found = allowed.find((value) => value === (given ?? byDefault));
      if (found === undefined) throw new Error(`Write one of: ${allowed.join(', ')}.`);
      return found;
    },
  };
}

export function yesOrNo(variable: string, about: string): Option<boolean> {
  return {
    variable,
    about,
    defaultText: '`no`',
    allowed: ['yes', 'no'],
    parse(given = 'no') {
      if (['yes', 'true', '1'].includes(given)) return true;
      if (['no', 'false', '0'].includes(given)) return false;
      throw new Error('Write yes or no.');
    },
  };
}

export function url(variable: string, about: string): Option<URL | undefined> {
  return {
    variable,
    about,
    defaultText: 'none',
    parse(given) {
      if (given === undefined) return undefined;
      const parsed = URL.canParse(given) ? new URL(given) : undefined;
      if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== '/') {
        throw new Error('Write an address without a path, like https://labs.example.org.');
      }
      return parsed;
    },
  };
}
