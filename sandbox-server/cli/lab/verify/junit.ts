/** The report as JUnit's XML, which every CI reads: a suite for each lab, a test for each thing that was tried. Pure. */
import { describeFailure, type TaskResult } from './report.ts';

export function makeJUnit(results: readonly TaskResult[]): string {
  const labs = [...new Set(results.map(({ lab }) => lab))];
  const suites = labs.map((lab) =>
    makeSuite(
      lab,
      results.filter((result) => result.lab === lab),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${countsOf(results)}>\n${suites.join('')}</testsuites>\n`;
}

function makeSuite(lab: string, results: readonly TaskResult[]): string {
  const tests = results.map(({ kind, name, ms, failures }) => {
    const open = `    <testcase classname="${escape(lab)}" name="${escape(`${kind} ${name}`.trim())}" time="${time(ms)}"`;
    if (failures.length === 0) return `${open}/>\n`;
    const shown = failures.map(
      (failure) =>
        `      <failure message="${escape(failure.message)}">${escape(describeFailure(failure))}</failure>\n`,
    );
    return `${open}>\n${shown.join('')}    </testcase>\n`;
  });
  return `  <testsuite name="${escape(lab)}"${countsOf(results)}>\n${tests.join('')}  </testsuite>\n`;
}

function countsOf(results: readonly TaskResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const ms = results.reduce((sum, result) => sum + result.ms, 0);
  return ` tests="${results.length}" failures="${failed}" time="${time(ms)}"`;
}

function time(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What learners' clusters print may hold characters that XML 1.0 (2.2) does not have. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"]/gu, (character) => ENTITIES[character] ?? character);
}
