/**
 * What every driver does, whatever gives its shells: the one suite that all adapters pass.
 * Markers are computed by the shell (`$((40 + 2))`), so that the echo of the typed line is never taken for the answer.
 */
import { after, before, describe } from 'node:test';
import type { Subject } from './contract-subject.ts';
import { describeCheck } from './contract-check.ts';
import { describeEnd } from './contract-end.ts';
import { describeEnding } from './contract-ending.ts';
import { describeExtend } from './contract-extend.ts';
import { describeFlow } from './contract-flow.ts';
import { describeHome } from './contract-home.ts';
import { describeInput } from './contract-input.ts';
import { describeLearnerScript } from './contract-learner-script.ts';
import { describeResume } from './contract-resume.ts';
import { describeScreen } from './contract-screen.ts';
import { describeStart } from './contract-start.ts';
import { type DriverUnderTest, makeSubject, TEST_LIMIT_MS } from './contract-subject.ts';
import { describeTerminal } from './contract-terminal.ts';
import { describeTyping } from './contract-typing.ts';
import { describeWatch } from './contract-watch.ts';
import { describeWriters } from './contract-writers.ts';

export type { DriverUnderTest } from './contract-subject.ts';

const parts: readonly ((subject: Subject) => void)[] = [
  describeStart,
  describeTerminal,
  describeInput,
  describeResume,
  describeScreen,
  describeFlow,
  describeWriters,
  describeTyping,
  describeEnding,
  describeCheck,
  describeLearnerScript,
  describeWatch,
  describeExtend,
  describeHome,
  describeEnd,
];

export function describeDriverContract(name: string, createUnderTest: () => Promise<DriverUnderTest>): void {
  describe(`the ${name} driver`, { timeout: 10 * TEST_LIMIT_MS }, () => {
    let underTest: DriverUnderTest;
    before(async () => {
      underTest = await createUnderTest();
    });
    const subject = makeSubject(() => underTest);
    after(async () => {
      await subject.discarded();
      await underTest[Symbol.asyncDispose]();
    });
    for (const describePart of parts) describePart(subject);
  });
}
