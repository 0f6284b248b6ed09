/** What stands where the terminal will be: before Start, while starting and stopping, and when something failed. */
import type { KeptHome } from '../../sandbox-server/protocol/requests.ts';
import type { Refusal, Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { sayBytes } from './arrival-text.ts';
import { button, element } from './dom.ts';
import { clusterLine } from './cluster-line.ts';
import { sayDuration } from './duration.ts';
import { errorText, pageTexts, text, type PageTextKey } from './page-texts.ts';
import type { StartWishes } from './sandbox-api.ts';
import type { Ending, SessionState } from './session-state.ts';
import { stageList } from './stage-list.ts';

const MINUTE_MS = 60_000;
/** From the beginning, with the files that are kept. */
const asKept: StartWishes = { isFresh: false, step: 0 };

export interface PanelActions {
  readonly start: (wishes: StartWishes) => void;
  /** The same start as before. */
  readonly startAgain: () => void;
  readonly cancel: () => void;
  /** Asks the server anew what it can do. */
  readonly reload: () => void;
}

/** The panel for a state; null while the terminal itself is shown. With a step there is a start at it too; 0 is none. */
export function sessionPanel(state: SessionState, actions: PanelActions, step: number): HTMLElement | null {
  const { phase } = state;
  switch (phase.kind) {
    case 'loading':
      return panel(element('p', { class: 'panel-quiet' }, text('panel.loading')));
    case 'unavailable':
      return panel(
        heading('panel.title'),
        sentence(errorText(phase.code)),
        button(text('panel.retry'), actions.reload, { class: 'button' }),
      );
    case 'idle':
      return idlePanel(state, phase.ending, actions, step);
    case 'asking':
      return panel(heading('start.title'), element('p', { class: 'panel-quiet' }, text('panel.loading')));
    case 'starting':
      return phase.sandbox.line === undefined
        ? startingPanel(state, actions, stageList(phase.sandbox))
        : linePanel(phase.sandbox.line, actions);
    case 'running':
      return null;
    case 'stopping':
      return panel(heading('stop.title'), sentence(text('stop.text')));
    case 'failed':
      return failedPanel(phase.refusal, actions);
  }
}

function panel(...parts: readonly (Node | string)[]): HTMLElement {
  return element('div', { class: 'session-panel' }, ...parts);
}

function heading(key: PageTextKey): HTMLElement {
  return element('h2', { class: 'panel-title', tabindex: '-1' }, text(key));
}

function sentence(said: string): HTMLElement {
  return element('p', {}, said);
}

const endingTexts: Readonly<Record<Ending, PageTextKey>> = {
  stopped: 'panel.stopped',
  over: 'panel.stopped',
  cancelled: 'panel.cancelled',
  ended: 'panel.ended',
};

function idlePanel(state: SessionState, ending: Ending | null, actions: PanelActions, step: number): HTMLElement {
  if (state.driver !== 'local' && state.cluster.state === 'failed') {
    return failedPanel({ code: state.cluster.code ?? 'cluster_failed', retryable: false }, actions);
  }
  const start = button(text(ending === null ? 'panel.start' : 'panel.startAgain'), () => actions.start(asKept), {
    class: 'button button-main',
    'data-action': 'start',
  });
  const isLocal = state.driver === 'local';
  const made = panel(heading('panel.title'));
  if (ending !== null) made.append(element('p', { class: 'panel-ending' }, text(endingTexts[ending])));
  if (state.home !== null) made.append(homeNote(state.home, actions));
  made.append(isLocal ? localNote(state.reason) : sentence(text('panel.intro')), facts(state.lab, isLocal));
  if (!isLocal && state.cluster.state !== 'ready') made.append(clusterNote(state));
  made.append(step > 0 ? startChoices(start, actions, step) : start);
  return made;
}

/** Those who come back, or come late, need not do again what is before. */
function startChoices(start: HTMLElement, actions: PanelActions, step: number): HTMLElement {
  const startAt = button(text('panel.startAt', { step }), () => actions.start({ ...asKept, step }), {
    class: 'button',
    'data-action': 'start-at',
  });
  const note = element('p', { class: 'panel-quiet' }, text('panel.startAt.text'));
  return element('div', { class: 'panel-choices' }, start, startAt, note);
}

function homeNote({ at, bytes }: KeptHome, actions: PanelActions): HTMLElement {
  const { language } = pageTexts();
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(new Date(at));
  return element(
    'div',
    { class: 'panel-home' },
    element('strong', {}, text('panel.home')),
    sentence(text('panel.home.text', { time, size: sayBytes(bytes, language) })),
    button(text('panel.startFresh'), () => actions.start({ ...asKept, isFresh: true }), {
      class: 'button',
      'data-action': 'start-fresh',
    }),
  );
}

function localNote(reason: string | null): HTMLElement {
  const note = element('div', { class: 'panel-note' }, element('strong', {}, text('panel.local')));
  note.append(element('p', {}, text('panel.local.text')));
  if (reason !== null) note.append(element('p', {}, errorText(reason)));
  return note;
}

function clusterNote(state: SessionState): HTMLElement {
  const note = element('div', { class: 'panel-note' }, clusterLine(state.cluster));
  if (state.cluster.state === 'building') note.append(sentence(text('cluster.onceOnly')));
  return note;
}

function facts(lab: string, isLocal: boolean): HTMLElement {
  const { ceilingMinutes, language } = pageTexts();
  const list = element('dl', { class: 'panel-facts' });
  const add = (term: PageTextKey, said: string): void => {
    list.append(element('dt', {}, text(term)), element('dd', {}, said));
  };
  add('panel.what', text(isLocal ? 'panel.what.local' : 'panel.what.text'));
  const ceiling = ceilingMinutes[lab];
  if (ceiling !== undefined) {
    add('panel.long', text('panel.long.text', { duration: sayDuration(ceiling * MINUTE_MS, language) }));
  }
  add('panel.may', text(isLocal ? 'panel.may.local' : 'panel.may.text'));
  return list;
}

function startingPanel(state: SessionState, actions: PanelActions, stages: HTMLElement): HTMLElement {
  const isWaiting = state.driver !== 'local' && state.cluster.state !== 'ready';
  const made = panel(heading(isWaiting ? 'start.waitingTitle' : 'start.title'));
  if (isWaiting) {
    made.append(element('div', { class: 'panel-note' }, clusterLine(state.cluster), sentence(text('cluster.waiting'))));
  }
  made.append(stages, button(text('start.cancel'), actions.cancel, { class: 'button', 'data-action': 'cancel' }));
  return made;
}

function linePanel(line: NonNullable<Sandbox['line']>, actions: PanelActions): HTMLElement {
  const { position, waiting, remainingSeconds } = line;
  const where = position === 1 ? text('line.next') : text('line.position', sayNumbers({ position, waiting }));
  const duration = remainingSeconds === undefined ? '' : sayDuration(remainingSeconds * 1000, pageTexts().language);
  const about = duration === '' ? '' : ` ${text('line.about', { duration })}`;
  return panel(
    heading('line.title'),
    element('p', { class: 'panel-line' }, where + about),
    sentence(text('line.stay')),
    button(text('line.leave'), actions.cancel, { class: 'button', 'data-action': 'cancel' }),
  );
}

function sayNumbers(numbers: Readonly<Record<string, number>>): Record<string, string> {
  const format = new Intl.NumberFormat(pageTexts().language);
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, format.format(value)]));
}

/** One button: the same again where that may help by itself, otherwise ask the server anew. */
function failedPanel(refusal: Refusal, actions: PanelActions): HTMLElement {
  const again = refusal.retryable && refusal.code !== 'unreachable' ? actions.startAgain : actions.reload;
  return panel(
    heading('panel.title'),
    element('p', { class: 'panel-failed' }, errorText(refusal.code, refusal.values)),
    button(text('panel.retry'), again, { class: 'button button-main', 'data-action': 'retry' }),
  );
}
