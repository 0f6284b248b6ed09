/** A recording in the format of asciinema, version 2 (docs.asciinema.org/manual/asciicast/v2): a line of JSON for each event. */
import type { RecordedPart } from './recording.ts';

const SECOND_MS = 1_000;

export function makeAsciicast({ columns, rows, beganAtMs, events }: RecordedPart, title: string): string {
  const header = { version: 2, width: columns, height: rows, timestamp: Math.floor(beganAtMs / SECOND_MS), title };
  /* A character may be cut between two events: it comes with the second one. */
  const decoder = new TextDecoder();
  const lines = events.map(({ atMs, kind, data }) => {
    const said = typeof data === 'string' ? data : decoder.decode(data, { stream: true });
    return [(atMs - beganAtMs) / SECOND_MS, kind, said];
  });
  return `${[header, ...lines].map((line) => JSON.stringify(line)).join('\n')}\n`;
}
