import { messageId } from '../protocol/lab.ts';

/** What a check says is shown on the page in a sentence: a few short values, not a log. */
const MAX_VALUES = 10;
const MAX_VALUE_CHARACTERS = 200;

export interface CheckMessage {
  readonly message: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The last line of a check's output: `<message-id> [key=value …]`, values without spaces or in single quotes.
 * The values hold what a learner made in the cluster, so they are cut and cleaned. Undefined when the line is none.
 */
export function decodeCheckOutput(output: string): CheckMessage | undefined {
  const line = output.trimEnd().split('\n').at(-1)?.trim() ?? '';
  const match = /^(?<id>\S+)(?<rest>(?: +[A-Za-z][A-Za-z0-9_]*=(?:'[^']*'|[^\s']*))*)$/.exec(line);
  if (!match?.groups || !messageId.safeParse(match.groups['id']).success) return undefined;
  const values: Record<string, string> = {};
  const pairs = (match.groups['rest'] ?? '').matchAll(
    /(?<key>[A-Za-z][A-Za-z0-9_]*)=(?:'(?<quoted>[^']*)'|(?<bare>[^\s']*))/g,
  );
  for (const { groups } of [...pairs].slice(0, MAX_VALUES)) {
    values[groups?.['key'] ?? ''] = clean(groups?.['quoted'] ?? groups?.['bare'] ?? '');
  }
  return { message: match.groups['id'] ?? '', values };
}

function clean(value: string): string {
  return [...value.replace(/\p{C}/gu, '')].slice(0, MAX_VALUE_CHARACTERS).join('');
}
