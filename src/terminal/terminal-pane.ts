/** One terminal on the page: joins view and client, and says in words what happens between them. */
import type { RowKey } from './keys.ts';
import { announce } from './announcer.ts';
import { TerminalClient, type ProgramState } from './client.ts';
import { copyText } from './clipboard.ts';
import type { ConnectionState, Standing } from './connection-state.ts';
import { element } from './dom.ts';
import { deviceLabel } from './device.ts';
import { chordNames, chordOf, isReport, withCtrl } from './keys.ts';
import { askLink, openLink } from './link-question.ts';
import { keepOffCursor } from './notice-edge.ts';
import { errorText, text } from './page-texts.ts';
import { PaneNotices } from './pane-notices.ts';
import { guardPastes } from './paste-guard.ts';
import type { RecordedPart } from './recording.ts';
import type { RunAnswer } from './run-clicks.ts';
import { SearchBar } from './search-bar.ts';
import type { SettingsStore } from './settings.ts';
import type { TicketAnswer, Trouble } from './terminal-socket.ts';
import { storeUnsent, takeUnsent } from './unsent-store.ts';
import { createTerminalView, type TerminalView } from './view.ts';
import { ViewerLine } from './viewer-line.ts';

export interface TerminalPaneOptions {
  readonly name: string;
  readonly sandboxId: string;
  readonly clientId: string;
  readonly settings: SettingsStore;
  readonly requestTicket: (signal: AbortSignal) => Promise<TicketAnswer>;
  readonly onState: (pane: TerminalPane) => void;
  readonly onTerminals: (names: readonly string[]) => void;
  readonly onLeave: () => void;
  /** Ctrl of the key row was held for one key and is now up. */
  readonly onCtrlUsed: () => void;
  /** What closes the tab now; null while it is the only one. */
  readonly closing: () => (() => void) | null;
}

export class TerminalPane implements Disposable {
  readonly name: string;
  readonly element = element('div', { class: 'terminal-pane' });
  state: ConnectionState = { kind: 'connecting' };
  program: string | null = null;
  readonly #options: TerminalPaneOptions;
  readonly #screen = element('div', { class: 'terminal-screen' });
  readonly #stage = element('div', { class: 'terminal-stage' });
  readonly #notices: PaneNotices;
  readonly #viewerLine = new ViewerLine(() => void this.take());
  readonly #gone = new AbortController();
  #view: TerminalView | undefined;
  #client: TerminalClient | undefined;
  #searchBar: SearchBar | undefined;
  #isCtrlHeld = false;
  #isFocusWanted = false;
  #opening: Promise<void> | undefined;
  #onTaken: (() => void) | undefined;

  constructor(options: TerminalPaneOptions) {
    this.#options = options;
    this.name = options.name;
    this.#notices = new PaneNotices({
      connect: () => this.#openNew(),
      closing: options.closing,
      onDismiss: () => this.focus(),
    });
    this.#stage.append(this.#notices.element, this.#screen);
    this.element.append(this.#viewerLine.element, this.#stage);
  }

  /** Opens the terminal; its element must be in the page already, since the terminal measures itself there. */
  open(): Promise<void> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<void> {
    const { settings, clientId, name, sandboxId } = this.#options;
    const view = await createTerminalView({
      host: this.#screen,
      label: text('terminal.describe', { number: name, chord: chordNames.leave }),
      settings: settings.current,
      onText: (typed) => this.#onText(typed),
      onBytes: (bytes) => this.#client?.typeBytes(bytes),
      onWindow: () => this.#client?.fitWindow(),
      onKey: (key) => this.#onKey(key),
      onLink: (uri, isHidden) => this.#onLink(uri, isHidden),
      onProgramCopy: (copied) => {
        copyText(copied);
        announce(text('terminal.programCopied'));
      },
    });
    if (this.#gone.signal.aborted) return view[Symbol.dispose]();
    this.#view = view;
    this.#client = this.#createClient(view, clientId, `${sandboxId}-${name}`);
    this.#addTools(view);
    this.#client.connect();
    if (this.#isFocusWanted) this.focus();
  }

  /** Takes the focus, now or as soon as the terminal is there. */
  focus(): void {
    this.#isFocusWanted = this.#view === undefined;
    this.#view?.terminal.focus();
  }

  get screenText(): string {
    return this.#view?.text ?? '';
  }

  get log(): string {
    return this.#view?.log ?? '';
  }

  get recorded(): RecordedPart | null {
    return this.#view?.recorded ?? null;
  }

  wake(): void {
    this.#client?.wake();
  }

  type(typed: string): boolean {
    return this.#client?.type(typed) ?? false;
  }

  /** A terminal that this click has opened types as soon as its shell is there. */
  async run(blockId: string, clickId: string, isConfirmed: boolean): Promise<RunAnswer> {
    await this.#opening;
    return this.#client?.run(blockId, clickId, isConfirmed) ?? { outcome: 'no_shell', program: null };
  }

  /** Becomes the writer, and resolves when it is so. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#viewerLine.isShown) return resolve();
      this.#onTaken = () => {
        resolve();
        this.focus();
      };
      this.#client?.take();
    });
  }

  /** Ends the shell. */
  end(): void {
    this.#client?.end();
  }

  openSearch(): void {
    this.#searchBar?.open(this.#view?.terminal.getSelection() ?? '');
  }

  holdCtrl(isHeld: boolean): void {
    this.#isCtrlHeld = isHeld;
  }

  press(key: RowKey): void {
    this.#view?.press(key);
  }

  [Symbol.dispose](): void {
    this.#gone.abort();
    this.#notices[Symbol.dispose]();
    this.#client?.[Symbol.dispose]();
    this.#view?.[Symbol.dispose]();
    this.element.remove();
  }

  /** Whether there is a shell, or will be one, that takes what is typed here. */
  get #isTaking(): boolean {
    const { kind } = this.state;
    return !this.#viewerLine.isShown && kind !== 'exited' && kind !== 'refused';
  }

  #createClient(view: TerminalView, client: string, stored: string): TerminalClient {
    const { requestTicket, onTerminals, name } = this.#options;
    const made = new TerminalClient({
      terminal: name,
      client,
      device: deviceLabel(navigator.userAgent),
      unsent: takeUnsent(stored),
      requestTicket,
      socketUrl,
      screen: view,
      random: Math.random,
      now: Date.now,
      onState: (state) => this.#onState(state),
      onStanding: (standing) => this.#onStanding(standing),
      onProgram: (state) => this.#onProgram(state),
      onTerminals,
      onGap: (bytes) => this.#notices.sayGap(bytes),
      onTrouble: (trouble) => this.#onTrouble(trouble),
    });
    const { signal } = this.#gone;
    addEventListener('pagehide', () => storeUnsent(stored, made.unsent), { signal });
    return made;
  }

  #addTools(view: TerminalView): void {
    const { terminal, search } = view;
    const { signal } = this.#gone;
    this.#searchBar = new SearchBar({ search, onClose: () => this.focus() });
    this.#stage.append(this.#searchBar.element);
    keepOffCursor(this.#notices.element, terminal, signal);
    guardPastes({
      host: this.#screen,
      isBracketed: () => terminal.modes.bracketedPasteMode,
      paste: (pasted) => {
        terminal.paste(pasted);
        terminal.focus();
      },
      signal,
    });
    this.#options.settings.subscribe((settings) => view.applySettings(settings), signal);
  }

  #onText(typed: string): void {
    if (isReport(typed)) return void this.#client?.type(typed);
    const isHeld = this.#isCtrlHeld;
    this.#isCtrlHeld = false;
    if (isHeld) this.#options.onCtrlUsed();
    const isTaken = this.#client?.type(isHeld ? withCtrl(typed) : typed);
    if (isTaken !== false) return;
    if (this.#viewerLine.isShown) this.#viewerLine.remind();
    else if (this.state.kind !== 'exited') announce(text('terminal.notTyped'));
  }

  #onKey(key: KeyboardEvent): boolean {
    const chord = chordOf(key);
    /* Where nobody takes keys, Tab moves on through the page: what helps is one step back. */
    if (chord === null) return key.key !== 'Tab' || this.#isTaking;
    /* The browser itself pastes on this one, without asking for the clipboard; the shell must only not get it. */
    if (chord === 'paste') return false;
    key.preventDefault();
    key.stopPropagation();
    if (chord === 'leave') this.#options.onLeave();
    else if (chord === 'find') this.openSearch();
    else if (chord === 'copy') this.#copySelection();
    else this.#options.settings.stepFont(chord === 'larger' ? 1 : -1);
    return false;
  }

  #copySelection(): void {
    const selection = this.#view?.terminal.getSelection() ?? '';
    if (selection !== '') copyText(selection);
  }

  /** Asked first where the text of a link may lie, and where another's program has printed it. */
  #onLink(uri: string, isHidden: boolean): void {
    if (!isHidden && !this.#viewerLine.isShown) return openLink(uri);
    askLink(this.element, { uri, isHidden, onClose: () => this.focus() });
  }

  #onStanding(standing: Standing): void {
    const isViewer = standing.role === 'viewer';
    this.#viewerLine.show(standing);
    this.#view?.setWatching(isViewer);
    if (isViewer) return;
    this.#onTaken?.();
    this.#onTaken = undefined;
  }

  #onProgram({ program }: ProgramState): void {
    this.program = program;
    this.#options.onState(this);
  }

  #onTrouble({ code, values }: Trouble): void {
    announce(errorText(code, values));
  }

  #onState(state: ConnectionState): void {
    this.state = state;
    if (state.kind === 'exited') this.program = null;
    this.#notices.onState(state);
    this.#options.onState(this);
  }

  #openNew(): void {
    this.#client?.connect();
    this.focus();
  }
}

function socketUrl(ticket: string): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}/api/terminal?ticket=${encodeURIComponent(ticket)}`;
}
