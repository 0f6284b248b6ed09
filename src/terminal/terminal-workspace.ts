/** All terminals of a sandbox on the page, in tabs or two beside each other. Loaded at Start, since it brings xterm.js. */
import type { ConnectionState } from './connection-state.ts';
import { makeAsciicast } from './asciicast.ts';
import { askInDialog } from './dialog.ts';
import { clientId } from './client-id.ts';
import { element } from './dom.ts';
import { createKeyRow, type KeyRow } from './key-row.ts';
import { text } from './page-texts.ts';
import type { RunAnswer } from './run-clicks.ts';
import { saveFile } from './save-file.ts';
import type { SettingsStore } from './settings.ts';
import { add, close, decodeTabs, select, showBeside, toggleSplit, withNames, type TabsState } from './tabs.ts';
import { TabStrip } from './tab-strip.ts';
import { TerminalPane } from './terminal-pane.ts';
import type { TicketAnswer } from './terminal-socket.ts';

export interface TerminalWorkspaceOptions {
  /** Must be in the page already: terminals measure themselves in it. */
  readonly host: HTMLElement;
  readonly sandboxId: string;
  readonly settings: SettingsStore;
  readonly requestTicket: (signal: AbortSignal) => Promise<TicketAnswer>;
  /** The state of the terminal in use. */
  readonly onState: (state: ConnectionState) => void;
  readonly onLeave: () => void;
}

/** A click on Run. */
export interface RunOrder {
  readonly blockId: string;
  /** The same for each time that this click is sent. */
  readonly clickId: string;
  /** Also into a program that is running. */
  readonly isConfirmed: boolean;
  /** From 1; undefined for the one in use. */
  readonly terminal: number | undefined;
}

/** What tells that the network or the reader may be back. */
const wakeEvents = ['online', 'offline', 'focus', 'pageshow'] as const;

export async function createTerminalWorkspace(options: TerminalWorkspaceOptions): Promise<TerminalWorkspace> {
  return new TerminalWorkspace(options, await clientId());
}

export class TerminalWorkspace implements Disposable {
  readonly #options: TerminalWorkspaceOptions;
  readonly #clientId: string;
  readonly #strip: TabStrip;
  readonly #keyRow: KeyRow;
  readonly #space = element('div', { class: 'terminal-panes' });
  readonly #panes = new Map<string, TerminalPane>();
  readonly #gone = new AbortController();
  #tabs: TabsState;

  constructor(options: TerminalWorkspaceOptions, client: string) {
    this.#options = options;
    this.#clientId = client;
    this.#tabs = decodeTabs(loadTabs(options.sandboxId));
    this.#strip = new TabStrip({
      select: (name) => this.#change(select(this.#tabs, name), true),
      add: () => this.#change(add(this.#tabs), true),
      close: (name) => this.#askClose(name),
      toggleSplit: () => this.#change(toggleSplit(this.#tabs), true),
    });
    this.#keyRow = createKeyRow(
      (key) => this.active.press(key),
      (isHeld) => this.active.holdCtrl(isHeld),
    );
    options.host.append(this.#strip.element, this.#space, this.#keyRow.element);
    this.#listen();
    this.#change(this.#tabs, false);
  }

  /** The terminal in use. */
  get active(): TerminalPane {
    return this.#panes.get(this.#tabs.active) ?? this.#open(this.#tabs.active);
  }

  focus(): void {
    this.active.focus();
  }

  /** In the terminal of this number, which is opened if it is not there yet; without one in the terminal in use. */
  run({ blockId, clickId, isConfirmed, terminal }: RunOrder): Promise<RunAnswer> {
    if (terminal !== undefined) this.#change(showBeside(this.#tabs, String(terminal)), false);
    return this.active.run(blockId, clickId, isConfirmed);
  }

  /** Gives the reader what the terminal in use has printed, as far as it is kept. */
  saveText(): void {
    saveFile(`${this.#fileName}.txt`, this.active.log, 'text/plain');
  }

  /** The same with its times and colours, to be played by asciinema. */
  saveRecording(): void {
    const { recorded } = this.active;
    if (recorded === null) return;
    saveFile(`${this.#fileName}.cast`, makeAsciicast(recorded, document.title), 'application/x-asciicast');
  }

  [Symbol.dispose](): void {
    this.#gone.abort();
    for (const pane of this.#panes.values()) pane[Symbol.dispose]();
    this.#options.host.replaceChildren();
  }

  /** "terminal-1-2026-11-22-2315". */
  get #fileName(): string {
    const stamp = new Date().toISOString().slice(0, 16).replace('T', '-').replace(':', '');
    return `terminal-${this.#tabs.active}-${stamp}`;
  }

  #listen(): void {
    const { signal } = this.#gone;
    const wake = (): void => {
      if (document.visibilityState === 'visible') for (const pane of this.#panes.values()) pane.wake();
    };
    for (const event of wakeEvents) addEventListener(event, wake, { signal });
    document.addEventListener('visibilitychange', wake, { signal });
    this.#space.addEventListener('focusin', ({ target }) => {
      const pane = [...this.#panes.values()].find((each) => target instanceof Node && each.element.contains(target));
      if (pane !== undefined && pane.name !== this.#tabs.active) this.#change(select(this.#tabs, pane.name), false);
    });
  }

  #change(tabs: TabsState, isFocused: boolean): void {
    this.#tabs = tabs;
    storeTabs(this.#options.sandboxId, tabs);
    for (const name of tabs.shown) if (!this.#panes.has(name)) this.#open(name);
    for (const [name, pane] of this.#panes) pane.element.hidden = !tabs.shown.includes(name);
    for (const [name, pane] of this.#panes) pane.element.toggleAttribute('data-active', name === tabs.active);
    this.#space.toggleAttribute('data-split', tabs.shown.length > 1);
    this.#showTabs();
    this.#options.onState(this.active.state);
    if (isFocused) this.focus();
  }

  #showTabs(): void {
    const { names, shown, active } = this.#tabs;
    const tabs = names.map((name) => {
      const program = this.#panes.get(name)?.program ?? null;
      return { name, program, isShown: shown.includes(name), isActive: name === active };
    });
    this.#strip.show(tabs);
  }

  #open(name: string): TerminalPane {
    const { sandboxId, settings, requestTicket, onLeave } = this.#options;
    const pane = new TerminalPane({
      name,
      sandboxId,
      clientId: this.#clientId,
      settings,
      requestTicket,
      onState: () => this.#onPane(pane),
      onTerminals: (names) => this.#onTerminals(names),
      onLeave,
      onCtrlUsed: () => this.#keyRow.releaseCtrl(),
      closing: () => (this.#tabs.names.length > 1 ? () => this.#close(name) : null),
    });
    this.#panes.set(name, pane);
    this.#space.append(pane.element);
    void pane.open();
    return pane;
  }

  #onPane(pane: TerminalPane): void {
    if (this.#gone.signal.aborted) return;
    this.#showTabs();
    if (pane.name === this.#tabs.active) this.#options.onState(pane.state);
  }

  #onTerminals(names: readonly string[]): void {
    this.#tabs = withNames(this.#tabs, names);
    this.#showTabs();
  }

  /** Ends a shell at once when nothing runs in it, and asks before it ends a program. */
  #askClose(name: string): void {
    const program = this.#panes.get(name)?.program ?? null;
    if (program === null) return this.#close(name);
    askInDialog(this.#options.host, {
      title: text('tabs.closeAsk', { program }),
      choices: [
        { label: text('tabs.keep'), choose: () => this.focus() },
        { label: text('tabs.closeYes'), choose: () => this.#close(name), isMain: true },
      ],
    });
  }

  #close(name: string): void {
    const pane = this.#panes.get(name);
    pane?.end();
    pane?.[Symbol.dispose]();
    this.#panes.delete(name);
    this.#change(close(this.#tabs, name), true);
  }
}

function storageKey(sandboxId: string): string {
  return `podium-tabs-${sandboxId}`;
}

function loadTabs(sandboxId: string): string | null {
  try {
    return sessionStorage.getItem(storageKey(sandboxId));
  } catch {
    return null;
  }
}

function storeTabs(sandboxId: string, tabs: TabsState): void {
  try {
    sessionStorage.setItem(storageKey(sandboxId), JSON.stringify(tabs));
  } catch {
    /* Storage is refused: after a reload the first tab is shown. */
  }
}
