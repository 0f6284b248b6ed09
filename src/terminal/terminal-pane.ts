/**
 * A terminal with its socket: joins view and client. This file is loaded at Start and not before, since it brings xterm.js.
 */
import { announce } from './announcer.ts';
import { createTerminalClient, type ConnectionState, type TerminalClient, type TicketAnswer } from './client.ts';
import { button, element } from './dom.ts';
import { createKeyRow, type KeyRow } from './key-row.ts';
import { LEAVE_CHORD } from './keys.ts';
import { errorText, text } from './page-texts.ts';
import { createTerminalView, type TerminalView } from './view.ts';

export interface TerminalPaneOptions {
  /** Must be in the page already: the terminal measures itself in it. */
  readonly host: HTMLElement;
  readonly isScreenReaderMode: boolean;
  readonly requestTicket: () => Promise<TicketAnswer>;
  readonly onState: (state: ConnectionState) => void;
  readonly onLeave: () => void;
}

export interface TerminalPane extends Disposable {
  focus(): void;
  /** Has the server type a block of the lab; says false where there is no shell to take it. */
  run(blockId: string): boolean;
  setScreenReaderMode(isOn: boolean): void;
  screenText(): string;
}

export async function createTerminalPane(options: TerminalPaneOptions): Promise<TerminalPane> {
  const screen = element('div', { class: 'terminal-screen' });
  const notice = element('div', { class: 'terminal-notice', hidden: true });
  options.host.append(notice, screen);
  const { view, keyRow } = await openView(options, screen, () => client);
  const client: TerminalClient = createTerminalClient({
    requestTicket: options.requestTicket,
    socketUrl,
    size: () => view.size,
    random: Math.random,
    onOutput: (bytes, drawn) => view.write(bytes, drawn),
    onState: (state) => {
      if (state.kind === 'connected' && state.isAfresh) view.startAfresh();
      showNotice(notice, state, () => client.connect());
      options.onState(state);
    },
    onTrouble: ({ code, values }) => announce(errorText(code, values)),
  });
  options.host.append(keyRow.element);
  const online = new AbortController();
  addEventListener('online', () => client.retryNow(), { signal: online.signal });
  client.connect();
  return makePane(options.host, { view, client, online });
}

interface PaneParts {
  readonly view: TerminalView;
  readonly client: TerminalClient;
  readonly online: AbortController;
}

function makePane(host: HTMLElement, { view, client, online }: PaneParts): TerminalPane {
  return {
    focus: () => view.focus(),
    run: (blockId) => client.run(blockId, crypto.getRandomValues(new Uint32Array(4)).join('-')),
    setScreenReaderMode: (isOn) => view.setScreenReaderMode(isOn),
    screenText: () => view.screenText(),
    [Symbol.dispose]() {
      online.abort();
      client[Symbol.dispose]();
      view[Symbol.dispose]();
      host.replaceChildren();
    },
  };
}

/** The view calls its client only when something is typed, by when there is one. */
async function openView(
  options: TerminalPaneOptions,
  screen: HTMLElement,
  client: () => TerminalClient,
): Promise<{ view: TerminalView; keyRow: KeyRow }> {
  const view = await createTerminalView({
    host: screen,
    label: text('terminal.describe', { chord: LEAVE_CHORD }),
    isScreenReaderMode: options.isScreenReaderMode,
    onText: (typed) => client().type(typed),
    onBytes: (bytes) => client().typeBytes(bytes),
    onResize: (size) => client().resize(size),
    onLeave: options.onLeave,
    onCtrlUsed: () => keyRow.releaseCtrl(),
  });
  const keyRow = createKeyRow(
    (key) => view.press(key),
    (isHeld) => view.holdCtrl(isHeld),
  );
  return { view, keyRow };
}

function socketUrl(ticket: string): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}/api/terminal?ticket=${encodeURIComponent(ticket)}`;
}

/** Says above the screen what the learner must know of the connection, in a sentence and with one button at most. */
function showNotice(notice: HTMLElement, state: ConnectionState, connect: () => void): void {
  /* While it is being tried again, what was said of the loss stays. */
  if (state.kind === 'connecting') return;
  const said = noticeText(state);
  const isNews = notice.dataset['kind'] !== state.kind;
  notice.dataset['kind'] = state.kind;
  notice.hidden = said === null;
  notice.replaceChildren();
  if (said === null) return;
  const hide = (): void => {
    notice.hidden = true;
  };
  const again = (): void => {
    hide();
    connect();
  };
  notice.append(element('p', {}, said));
  if (state.kind === 'exited') notice.append(button(text('terminal.openNew'), again, { class: 'button' }));
  if (state.kind === 'refused') notice.append(button(text('panel.retry'), again, { class: 'button' }));
  if (state.kind === 'connected') notice.append(button(text('terminal.dismiss'), hide, { class: 'button' }));
  if (isNews) announce(said);
}

function noticeText(state: ConnectionState): string | null {
  switch (state.kind) {
    case 'waiting':
      return text('terminal.waiting.text');
    case 'connected':
      return state.isAfterLoss ? text('terminal.newShell') : null;
    case 'exited':
      return text('terminal.exited.text');
    case 'refused':
      return errorText(state.code, state.values);
    case 'connecting':
    case 'closed':
      return null;
  }
}
