/** The line under a terminal: connection, time left, the way out, and what can be done with the terminal. */
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { announce } from './announcer.ts';
import type { ConnectionState } from './connection-state.ts';
import { askInDialog } from './dialog.ts';
import { button, element } from './dom.ts';
import { sayDuration } from './duration.ts';
import { chordNames } from './keys.ts';
import { pageTexts, text, type PageTextKey } from './page-texts.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Often enough that the shown minute is never off by more than this. */
const CLOCK_STEP_MS = 5 * SECOND_MS;
/** The learner is told, once each, when this much is left. */
const WARN_AT_MS = [5 * MINUTE_MS, MINUTE_MS] as const;

const connectionTexts: Readonly<Record<ConnectionState['kind'], PageTextKey>> = {
  connecting: 'terminal.connecting',
  connected: 'terminal.connected',
  waiting: 'terminal.waiting',
  exited: 'terminal.exited',
  refused: 'terminal.refused',
  closed: 'terminal.refused',
};

export interface TerminalBarActions {
  readonly toggleFullScreen: () => void;
  /** The button of the settings with the menu that it opens. */
  readonly settings: HTMLElement;
  readonly stop: () => void;
  readonly serverNow: () => number;
}

export interface TerminalBar extends Disposable {
  readonly element: HTMLElement;
  /** Where the focus goes when the learner leaves the terminal and came from nowhere. */
  readonly firstControl: HTMLElement;
  showConnection(state: ConnectionState): void;
  showSandbox(sandbox: Sandbox): void;
  showFullScreen(isFull: boolean): void;
}

export function createTerminalBar(actions: TerminalBarActions): TerminalBar {
  const connection = element('span', { class: 'bar-connection', 'data-connection': 'connecting' });
  const timeLeft = element('span', { class: 'bar-time' });
  const namespace = element('span', { class: 'bar-namespace' });
  const full = button(text('terminal.full'), actions.toggleFullScreen, {
    'aria-pressed': 'false',
    'data-action': 'full-screen',
  });
  const bar = element(
    'div',
    { class: 'terminal-bar', role: 'group', 'aria-label': text('terminal.label') },
    element('div', { class: 'bar-facts' }, connection, timeLeft, namespace),
    element('kbd', { class: 'bar-chord' }, text('terminal.leave', { chord: chordNames.leave })),
    element('div', { class: 'bar-actions' }, full, actions.settings, stopControl(actions.stop)),
  );
  const clock = createClock(timeLeft, actions.serverNow);
  return {
    element: bar,
    get firstControl() {
      /* In a narrow window there is no full screen to offer. */
      return full.offsetParent === null ? (actions.settings.querySelector('button') ?? full) : full;
    },
    showConnection(state) {
      connection.dataset['connection'] = state.kind;
      connection.textContent = text(connectionTexts[state.kind]);
    },
    showSandbox(sandbox) {
      namespace.textContent = sandbox.namespace ?? '';
      clock.endAt(Date.parse(sandbox.expiresAt));
    },
    showFullScreen(isFull) {
      full.setAttribute('aria-pressed', String(isFull));
    },
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  };
}

/** Stop, which asks once before it deletes. */
function stopControl(stop: () => void): HTMLElement {
  const open = button(text('terminal.stop'), () => ask(), { 'data-action': 'stop' });
  const place = element('span', { class: 'bar-stop' }, open);
  const ask = (): void => {
    askInDialog(place, {
      title: text('terminal.stop.ask'),
      choices: [
        { label: text('terminal.stop.no'), choose: () => undefined },
        { label: text('terminal.stop.yes'), choose: stop, isMain: true, action: 'stop-yes' },
      ],
    });
  };
  return place;
}

interface Clock extends Disposable {
  endAt(endMs: number): void;
}

function createClock(shown: HTMLElement, serverNow: () => number): Clock {
  let endMs = 0;
  let saidAtMs = Number.POSITIVE_INFINITY;
  const tick = (): void => {
    const leftMs = Math.max(0, endMs - serverNow());
    const { language } = pageTexts();
    const duration = sayDuration(leftMs, language);
    shown.textContent = text('terminal.timeLeft', { duration: sayDuration(leftMs, language, 'short') });
    const isLow = leftMs <= WARN_AT_MS[0];
    shown.toggleAttribute('data-low', isLow);
    const limit = WARN_AT_MS.findLast((warnAtMs) => leftMs <= warnAtMs);
    if (limit === undefined || limit >= saidAtMs) return;
    saidAtMs = limit;
    announce(text('terminal.timeWarning', { duration }));
  };
  const timer = setInterval(tick, CLOCK_STEP_MS);
  return {
    endAt(atMs) {
      if (atMs > endMs) saidAtMs = Number.POSITIVE_INFINITY;
      endMs = atMs;
      tick();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
