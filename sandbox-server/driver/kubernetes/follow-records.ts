import type { Clock } from '../../clock.ts';
import type { SandboxRecords } from '../driver.ts';
import { followChanges } from './follow-changes.ts';
import { makeRecord } from './place.ts';
import type { PlaceWatch } from './place-watch.ts';

/** Tells of all records when they are known, and soon after each change, until the result is disposed. */
export function followRecords(
  watch: PlaceWatch,
  clock: Clock,
  onRecords: (records: SandboxRecords) => void,
): Disposable {
  return followChanges(watch, clock, () => {
    const records = [...watch.objects.values()].flatMap((place) => makeRecord(place) ?? []);
    onRecords(new Map(records.map((record) => [record.id, record])));
  });
}
