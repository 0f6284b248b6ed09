import type { Clock } from '../../clock.ts';
import type { ObjectWatch, Watched } from './object-watch.ts';

/** A start changes an object several times at once; nobody needs to hear of each. */
const REST_MS = 50;

/** Calls `tell` when all is known, and soon after each change, until the result is disposed. */
export function followChanges<T extends Watched>(watch: ObjectWatch<T>, clock: Clock, tell: () => void): Disposable {
  const stack = new DisposableStack();
  let timer: Disposable | undefined;
  stack.defer(() => timer?.[Symbol.dispose]());
  const tellSoon = () => {
    timer ??= clock.after(REST_MS, () => {
      timer = undefined;
      tell();
    });
  };
  const begin = () => {
    if (stack.disposed) return;
    stack.use(watch.onChange(tellSoon));
    tellSoon();
  };
  // It never comes about where the driver goes away before.
  watch.listed.then(begin, () => undefined);
  return stack;
}
