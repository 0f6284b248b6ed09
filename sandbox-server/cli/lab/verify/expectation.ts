/** What a case says that its check must say: `# expect: wrong-image pod=web expected=nginx`, or `# expect: done`. Pure. */
import type { CheckRun } from '../../../driver/driver.ts';
import { type CheckMessage, decodeCheckOutput } from '../../../session/check-output.ts';

export type Expectation = { readonly kind: 'done' } | ({ readonly kind: 'message' } & CheckMessage);

export type ExpectationResult =
  { readonly ok: true; readonly expectation: Expectation } | { readonly ok: false; readonly message: string };

const FORM = 'Write as its second line "# expect: wrong-image pod=web expected=nginx", or "# expect: done".';

/** It stands right behind `#!/bin/sh`. */
export function decodeExpectation(source: string): ExpectationResult {
  const said = /^#!\/bin\/sh\n# expect: (?<said>\S.*)\n/u.exec(`${source}\n`)?.groups?.['said']?.trim();
  if (said === undefined) return { ok: false, message: FORM };
  if (said === 'done') return { ok: true, expectation: { kind: 'done' } };
  const message = decodeCheckOutput(said);
  if (!message) return { ok: false, message: `"${said}" is not what a check says. ${FORM}` };
  return { ok: true, expectation: { kind: 'message', ...message } };
}

export type Verdict =
  | { readonly kind: 'met' }
  /** It may still come: a pod starts, an image is looked for. */
  | { readonly kind: 'other'; readonly said: string }
  /** It cannot be undone by waiting. */
  | { readonly kind: 'wrong'; readonly said: string };

export function judgeRun(expectation: Expectation, run: CheckRun): Verdict {
  const said = describeRun(run);
  if (run.exitCode === 0) return expectation.kind === 'done' ? { kind: 'met' } : { kind: 'wrong', said };
  const found = run.exitCode === 1 ? decodeCheckOutput(run.output) : undefined;
  if (expectation.kind === 'done' || !found || found.message !== expectation.message) return { kind: 'other', said };
  const isSame = Object.entries(expectation.values).every(([key, value]) => found.values[key] === value);
  return isSame ? { kind: 'met' } : { kind: 'other', said };
}

/** As a line of a check's output, or what became of it. */
export function describeRun({ exitCode, output }: CheckRun): string {
  if (exitCode === 0) return 'done';
  const last = output.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return exitCode === 1 ? last : `(it ended with ${exitCode}) ${last}`.trimEnd();
}

export function describeExpectation(expectation: Expectation): string {
  if (expectation.kind === 'done') return 'done';
  const values = Object.entries(expectation.values).map(
    ([key, value]) => `${key}=${/^[^\s']*$/u.test(value) ? value : `'${value}'`}`,
  );
  return [expectation.message, ...values].join(' ');
}
