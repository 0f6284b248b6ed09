/** A reporter for `node --test` that says how long each file took, one line of JSON a file: `spec` only says it of tests. */
import type { TestEvent } from 'node:test/reporters';
import type { FileTime } from './programs.ts';

export default async function* reportFileTimes(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    // There is one for each file, and one without a name for all of them.
    if (type !== 'test:summary' || data.file === undefined) continue;
    const time: FileTime = { file: data.file, ms: data.duration_ms };
    yield `${JSON.stringify(time)}\n`;
  }
}
