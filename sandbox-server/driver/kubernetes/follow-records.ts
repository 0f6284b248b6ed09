import type { Clock } from '../../clock.ts';
import type { SandboxRecords } from '../driver.ts';
import { makeRecord } from './place.ts';
import type { PlaceWatch } from './place-watch.ts';

/** A start changes a record several times at once; nobody needs to hear of each. */
const REST_MS = 50;

/** Tells of all records when they are known, and soon after each change, until the result is disposed. */
export function followRecords(
  watch: PlaceWatch,
  clock: Clock,
  onRecords: (records: SandboxRecords) => void,
): Disposable {
  const stack = new DisposableStack();
  let timer: Disposable | undefined;
  stack.defer(() => timer?.[Symbol.dispose]());
  const tell = () => {
    timer = undefined;
    const records = [...watch.places.values()].flatMap((place) => makeRecord(place) ?? []);
    onRecords(new Map(records.map((record) => [record.id, record])));
  };
  const tellSoon = () => (timer ??= clock.after(REST_MS, tell));
  const begin = () => {
    if (stack.disposed) return;
    stack.use(watch.onChange(tellSoon));
    tellSoon();
  };
  // It never comes about where the driver goes away before.
  watch.listed.then(begin, () => undefined);
  return stack;
}
