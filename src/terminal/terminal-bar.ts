/** The line under a terminal: connection, time left, the way out, and what can be done with the terminal. */
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import type { ConnectionState } from './connection-state.ts';
import type { Answer, StartWishes } from './sandbox-api.ts';
import { createTimeLeft } from './time-left.ts';
import { askInDialog } from './dialog.ts';
import { button, element } from './dom.ts';
import { chordNames } from './keys.ts';
import { text, type PageTextKey } from './page-texts.ts';

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
  readonly startOver: (wishes: StartWishes) => void;
  /** Number of the step at which the learner is, where the lab can begin there; else 0. */
  readonly step: () => number;
  readonly extend: () => Promise<Answer<Sandbox>>;
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
  const clock = createTimeLeft(actions);
  const connection = element('span', { class: 'bar-connection', 'data-connection': 'connecting' });
  const namespace = element('span', { class: 'bar-namespace' });
  const full = button(text('terminal.full'), actions.toggleFullScreen, {
    'aria-pressed': 'false',
    'data-action': 'full-screen',
  });
  const bar = element(
    'div',
    { class: 'terminal-bar', role: 'group', 'aria-label': text('terminal.label') },
    element('div', { class: 'bar-facts' }, connection, clock.element, namespace),
    element('kbd', { class: 'bar-chord' }, text('terminal.leave', { chord: chordNames.leave })),
    element('div', { class: 'bar-actions' }, full, actions.settings, stopControl(actions)),
  );
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
      clock.follow(sandbox);
    },
    showFullScreen(isFull) {
      full.setAttribute('aria-pressed', String(isFull));
    },
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  };
}

/** Stop, which asks once before it deletes. */
function stopControl({ stop, startOver, step: stepNow }: TerminalBarActions): HTMLElement {
  const open = button(text('terminal.stop'), () => ask(), { 'data-action': 'stop' });
  const place = element('span', { class: 'bar-stop' }, open);
  const ask = (): void => {
    const step = stepNow();
    const startAt = {
      label: text('terminal.startOverAt', { step }),
      choose: () => startOver({ isFresh: false, step }),
      action: 'start-over-at',
    };
    const over = [text('terminal.stop.over'), ...(step > 0 ? [text('terminal.stop.overAt', { step })] : [])];
    askInDialog(place, {
      title: text('terminal.stop.ask'),
      body: over.map((each) => element('p', {}, each)),
      choices: [
        { label: text('terminal.stop.no'), choose: () => undefined },
        ...(step > 0 ? [startAt] : []),
        {
          label: text('terminal.startOver'),
          choose: () => startOver({ isFresh: true, step: 0 }),
          action: 'start-over',
        },
        { label: text('terminal.stop.yes'), choose: stop, isMain: true, action: 'stop-yes' },
      ],
    });
  };
  return place;
}
