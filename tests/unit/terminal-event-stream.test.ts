import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { listenToEvents } from '../../src/terminal/event-stream.ts';

/** What a browser's EventSource does as far as the page can see it. */
class PlayedSource extends EventTarget {
  static readonly CLOSED = 2;
  static readonly made: PlayedSource[] = [];
  readyState = 0;

  constructor() {
    super();
    PlayedSource.made.push(this);
  }

  close(): void {
    this.readyState = PlayedSource.CLOSED;
  }

  fail(isForGood: boolean): void {
    if (isForGood) this.close();
    this.dispatchEvent(new Event('error'));
  }
}

const REOPEN_AFTER_MS = 3_000;

describe('a page that listens to events', () => {
  const known = globalThis.EventSource;
  beforeEach(() => {
    Object.assign(globalThis, { EventSource: PlayedSource });
    PlayedSource.made.length = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
    Object.assign(globalThis, { EventSource: known });
  });

  it('asks for what has happened before: at the first opening, and at each one after a cut', () => {
    let asked = 0;
    const stop = listenToEvents({ onEvent: () => undefined, onOpened: () => (asked += 1) });
    const [source] = PlayedSource.made;
    source?.dispatchEvent(new Event('open'));
    assert.equal(asked, 1);
    source?.fail(false);
    source?.dispatchEvent(new Event('open'));
    assert.equal(asked, 2);
    stop();
  });

  it('opens a stream anew that the browser has given up, unless nobody listens any more', () => {
    const stop = listenToEvents({ onEvent: () => undefined, onOpened: () => undefined });
    PlayedSource.made[0]?.fail(true);
    mock.timers.tick(REOPEN_AFTER_MS);
    assert.equal(PlayedSource.made.length, 2);
    PlayedSource.made[1]?.fail(true);
    stop();
    mock.timers.tick(REOPEN_AFTER_MS);
    assert.equal(PlayedSource.made.length, 2);
  });

  it('hears of nothing that is not an event of the protocol', () => {
    const heard: unknown[] = [];
    const stop = listenToEvents({ onEvent: (event) => heard.push(event), onOpened: () => undefined });
    const tell = (data: unknown) =>
      PlayedSource.made[0]?.dispatchEvent(new MessageEvent('cluster', { data: JSON.stringify(data) }));
    tell({ type: 'cluster', cluster: { state: 'imagined' } });
    tell({ type: 'cluster', cluster: { state: 'ready' } });
    assert.deepEqual(heard, [{ type: 'cluster', cluster: { state: 'ready' } }]);
    stop();
  });
});
