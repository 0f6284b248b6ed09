/**
 * A browser that Playwright does not drive, as far as a smoke test needs it. Firefox and WebKit are the ones of Debian;
 * both take input as the actions of the WebDriver standard (w3.org/TR/webdriver2, 15), only over different wires.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** The wire to one browser. */
export interface BrowserWire extends AsyncDisposable {
  readonly name: string;
  navigate(url: string): Promise<void>;
  /** The value of an expression in the page; it must be JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Performs input sources at once, as the standard's `actions`. */
  performActions(sources: readonly object[]): Promise<void>;
}

/** What a page shows is looked at this often, since not every wire tells of changes. */
const LOOK_EVERY_MS = 100;

export class DrivenPage {
  readonly #wire: BrowserWire;

  constructor(wire: BrowserWire) {
    this.#wire = wire;
  }

  async open(url: string): Promise<void> {
    await this.#wire.navigate(url);
  }

  /** Waits until the expression is true in the page; the limit is the test's. */
  async until(expression: string, signal: AbortSignal): Promise<void> {
    while ((await this.#wire.evaluate(`Boolean(${expression})`)) !== true) {
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  async read(expression: string): Promise<unknown> {
    return this.#wire.evaluate(expression);
  }

  /** Clicks in the middle of an element, with a pointer. */
  async click(selector: string): Promise<void> {
    const place = (await this.#wire.evaluate(`(() => {
      const element = [...document.querySelectorAll(${JSON.stringify(selector)})].find((found) => found.offsetParent !== null);
      element.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
    })()`)) as { readonly x: number; readonly y: number };
    const press = [
      { type: 'pointerMove', ...place, duration: 0 },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await this.#wire.performActions([
      { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions: press },
    ]);
  }

  /** Presses the keys of a line one after the other, and Enter. */
  async typeLine(line: string): Promise<void> {
    const enter = '\uE007';
    const actions = [...line, enter].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#wire.performActions([{ type: 'key', id: 'keyboard', actions }]);
  }

  /** Presses a key with Ctrl and Shift held. */
  async pressChord(key: string): Promise<void> {
    const held = ['\uE009', '\uE008', key];
    const actions = [
      ...held.map((value) => ({ type: 'keyDown', value })),
      ...held.toReversed().map((value) => ({ type: 'keyUp', value })),
    ];
    await this.#wire.performActions([{ type: 'key', id: 'keyboard', actions }]);
  }
}
