/** What must stand behind each check: something that does the step, what is almost right, another right way. Pure. */
import { decodeCheckHead } from '../../../labs/check-head.ts';
import type { Lab, LabProblem } from '../../../labs/lab.ts';
import { lineOf } from './image-rules.ts';
import type { LabSources, Script } from './lab-sources.ts';

/** What looks into an object. Without any of it a check knows that something of that name is there, and no more. */
const LOOKS_INSIDE =
  /-o[= ]?["']?(json|yaml|go-template|custom-columns|wide)|--output|jsonpath|\bjq\b|\bgrep\b|\bawk\b|\bsed\b|\bcase\b|\bkubectl (describe|logs|exec|auth|rollout)\b|--field-selector|--for=/u;

/** "because" alone is none. */
const LEAST_REASON_WORDS = 3;

export function judgeChecks(sources: LabSources, lab: Lab | undefined): LabProblem[] {
  const checks = sources.scripts.filter(({ kind }) => kind === 'check');
  return [
    ...checks.flatMap((check) => [...judgeCases(check, sources), ...judgeDepth(check), ...judgePlace(check)]),
    ...judgeExpectations(sources),
    ...(lab ? judgeSolves(lab) : []),
  ];
}

function judgeCases({ name, shown }: Script, { cases }: LabSources): LabProblem[] {
  const own = cases.filter(({ check }) => check === name);
  const hasMiss = own.some(({ expectation }) => expectation.kind === 'message');
  const hasOther = own.some(({ expectation }) => expectation.kind === 'done');
  const problems: LabProblem[] = [];
  if (!hasMiss) {
    const message = `Nothing shows that it refuses what is almost right. Write a case with a near miss: ${shown}.cases/wrong-image.`;
    problems.push({ file: shown, message });
  }
  if (!hasOther) {
    const message = `Nothing shows that it accepts another right way. Write a case with "# expect: done": ${shown}.cases/by-manifest.`;
    problems.push({ file: shown, message });
  }
  return problems;
}

/** Somebody must have thought about it: most of what is in a shell can be looked at from outside. */
function judgePlace({ shown, source }: Script): LabProblem[] {
  const { place } = decodeCheckHead(source);
  if (!place || place.reason.split(/\s+/u).length >= LEAST_REASON_WORDS) return [];
  const message =
    'A learner can forge what runs in their shell. Say on this line why it must: "# where: shell, because …".';
  return [{ file: shown, line: place.line, message }];
}

/** The checks that run in the learner's shell, for who reads what the lab proves. */
export function listForgeable({ scripts }: LabSources): string[] {
  return scripts.flatMap(({ kind, shown, source }) => {
    const { place } = decodeCheckHead(source);
    return kind === 'check' && place
      ? [`${shown} can be forged, since it runs in the learner’s shell: ${place.reason}`]
      : [];
  });
}

function judgeDepth({ shown, source }: Script): LabProblem[] {
  const code = source.replace(/^\s*#.*$/gmu, '');
  if (!/\bkubectl get\b/u.test(code) || LOOKS_INSIDE.test(code)) return [];
  const line = lineOf(source, /^[^#\n]*\bkubectl get\b/mu);
  const message = 'It only asks whether something is there. Ask with -o json, and compare what the step is about.';
  return [{ file: shown, line, message }];
}

function judgeExpectations({ cases, definition }: LabSources): LabProblem[] {
  if (!definition) return [];
  return cases.flatMap(({ file, expectation }) => {
    if (expectation.kind === 'done' || Object.hasOwn(definition.messages, expectation.message)) return [];
    const message = `lab.yaml has no message ${expectation.message}. Write it there under messages, or expect another.`;
    return [{ file, line: 2, message }];
  });
}

function judgeSolves({ slug, steps }: Lab): LabProblem[] {
  return steps.flatMap(({ number, name, checks, solve }) => {
    if (checks.length === 0 || solve !== undefined) return [];
    const step = `${String(number).padStart(2, '0')}-${name}`;
    const message = `It has a check, and nothing does it for the learner. Write labs/${slug}/solve/${step}.`;
    return [{ file: `labs/${slug}/steps/${step}.md`, message }];
  });
}
