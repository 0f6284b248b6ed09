/**
 * `<podium-terminal lab="…">`: a lab's sandbox with its terminal, from Start to Stop, anywhere on a page. It takes its
 * texts from the page (`TerminalTexts.astro`), asks the server once it comes into sight (with `eager` at once), and loads
 * xterm.js only at Start.
 */
import { announce } from './announcer.ts';
import type { ConnectionState, TicketAnswer } from './client.ts';
import { element } from './dom.ts';
import { createFullScreen, type FullScreen } from './full-screen.ts';
import { isLeaveChord, LEAVE_CHORD } from './keys.ts';
import { text } from './page-texts.ts';
import { loadPreference, savePreference } from './preference.ts';
import { createSandboxApi } from './sandbox-api.ts';
import { createSandboxSession, type SandboxSession } from './sandbox-session.ts';
import { sessionPanel } from './session-panel.ts';
import { isGone, type SessionState } from './session-state.ts';
import { createTerminalBar, type TerminalBar } from './terminal-bar.ts';
import type { TerminalPane } from './terminal-pane.ts';

const READER_PREFERENCE = 'screen-reader';

export class PodiumTerminal extends HTMLElement {
  #session: SandboxSession | undefined;
  #pane: TerminalPane | undefined;
  #bar: TerminalBar | undefined;
  #fullScreen: FullScreen | undefined;
  /** The sandbox whose terminal is open or being opened. */
  #openId: string | null = null;
  #isConnected = false;
  /** Start was pressed here, so the terminal may take the focus when it is there. */
  #isStartedHere = false;
  #cameFrom: HTMLElement | null = null;
  #lastKind: SessionState['phase']['kind'] = 'loading';
  readonly #away = new AbortController();
  readonly #panelSlot = element('div', { class: 'panel-slot' });
  readonly #host = element('div', { class: 'terminal-host', hidden: true });
  readonly #foot = element('div', { class: 'terminal-foot', hidden: true });

  /** The lab's session; the lab page's checks ask it. */
  get session(): SandboxSession {
    this.#session ??= createSandboxSession(this.getAttribute('lab') ?? '', createSandboxApi());
    return this.#session;
  }

  connectedCallback(): void {
    this.replaceChildren(this.#panelSlot, this.#host, this.#foot);
    this.#fullScreen = createFullScreen(this, (isFull) => this.#bar?.showFullScreen(isFull), this.#away.signal);
    this.session.subscribe((state) => this.#show(state));
    document.addEventListener('keydown', (key) => this.#onPageKey(key), { signal: this.#away.signal });
    if (this.hasAttribute('eager')) void this.session.load();
    else this.#loadInSight();
  }

  disconnectedCallback(): void {
    this.#away.abort();
    this.#closeTerminal();
    this.#session?.[Symbol.dispose]();
    this.#session = undefined;
  }

  /** Has the server type a block of the lab's page; says false where there is no shell to take it. */
  run(blockId: string): boolean {
    return this.#isConnected && (this.#pane?.run(blockId) ?? false);
  }

  /** Moves the focus into the terminal; Leave brings it back to where it was. */
  enter(): void {
    if (this.#pane === undefined) return;
    if (document.activeElement instanceof HTMLElement && !this.contains(document.activeElement)) {
      this.#cameFrom = document.activeElement;
    }
    this.#pane.focus();
  }

  /** The text that is on the terminal's screen; empty without a terminal. */
  screenText(): string {
    return this.#pane?.screenText() ?? '';
  }

  #show(state: SessionState): void {
    const { phase } = state;
    this.dataset['phase'] = phase.kind;
    const panel = sessionPanel(state, {
      start: () => this.#start(),
      cancel: () => void this.session.stop(),
      reload: () => void this.session.load(),
    });
    const hadFocus =
      this.#panelSlot.contains(document.activeElement) ||
      this.#host.contains(document.activeElement) ||
      this.#foot.contains(document.activeElement);
    this.#showPanel(panel);
    if (phase.kind === 'running') {
      if (this.#openId !== phase.sandbox.id) void this.#openTerminal(phase.sandbox.id);
      this.#bar?.showSandbox(phase.sandbox);
    } else if (this.#openId !== null) {
      this.#closeTerminal();
    }
    if (phase.kind !== this.#lastKind) this.#onPhaseChange(panel, hadFocus);
    this.#lastKind = phase.kind;
  }

  /** Replaces the panel. A focus in it stays on the same button, or goes to the title, so that it is never lost. */
  #showPanel(panel: HTMLElement | null): void {
    const focused = document.activeElement;
    const hadFocus = this.#panelSlot.contains(focused);
    const action = focused instanceof HTMLElement ? focused.dataset['action'] : undefined;
    this.#panelSlot.hidden = panel === null;
    this.#panelSlot.replaceChildren(...(panel === null ? [] : [panel]));
    if (!hadFocus || panel === null) return;
    const same = action === undefined ? null : panel.querySelector<HTMLElement>(`[data-action="${action}"]`);
    (same ?? panel.querySelector<HTMLElement>('.panel-title'))?.focus();
  }

  /** A new phase is said once; the focus follows it if it was here, so that it is never lost to the page's top. */
  #onPhaseChange(panel: HTMLElement | null, hadFocus: boolean): void {
    if (panel === null) return;
    const title = panel.querySelector<HTMLElement>('.panel-title');
    const said = panel.querySelector('.panel-failed, .panel-ending')?.textContent ?? title?.textContent;
    if (this.#lastKind !== 'loading' && said) announce(said);
    if (hadFocus && !panel.contains(document.activeElement)) title?.focus();
  }

  /** A deck may hold many terminals; each asks the server when its slide is shown. */
  #loadInSight(): void {
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      sight.disconnect();
      void this.session.load();
    });
    sight.observe(this);
    this.#away.signal.addEventListener('abort', () => sight.disconnect());
  }

  #start(): void {
    this.#isStartedHere = true;
    /* Fetched while the server starts the sandbox, so that the terminal is there when the shell is. */
    void import('./terminal-pane.ts');
    void this.session.start();
  }

  async #openTerminal(sandboxId: string): Promise<void> {
    this.#openId = sandboxId;
    this.#host.hidden = false;
    this.#foot.hidden = false;
    const hadFocus = this.#isStartedHere && isFocusFree(this);
    this.#host.replaceChildren(element('p', { class: 'panel-quiet' }, text('terminal.loading')));
    this.#bar = this.#createBar();
    this.#foot.replaceChildren(this.#bar.element);
    const { createTerminalPane } = await import('./terminal-pane.ts');
    if (this.#openId !== sandboxId) return;
    this.#host.replaceChildren();
    const pane = await createTerminalPane({
      host: this.#host,
      isScreenReaderMode: isReaderMode(),
      requestTicket: () => this.#requestTicket(sandboxId),
      onState: (state) => this.#onConnection(state),
      onLeave: () => this.#leave(),
    });
    if (this.#openId !== sandboxId) return pane[Symbol.dispose]();
    this.#pane = pane;
    announce(text('terminal.ready'));
    if (hadFocus) pane.focus();
  }

  #createBar(): TerminalBar {
    const bar = createTerminalBar({
      toggleFullScreen: () => this.#fullScreen?.toggle(),
      setScreenReaderMode: (isOn) => {
        savePreference(READER_PREFERENCE, String(isOn));
        this.#pane?.setScreenReaderMode(isOn);
      },
      stop: () => void this.session.stop(),
      serverNow: () => this.session.api.serverNow(),
      isScreenReaderMode: isReaderMode(),
    });
    const { phase } = this.session.state;
    if (phase.kind === 'running') bar.showSandbox(phase.sandbox);
    return bar;
  }

  #closeTerminal(): void {
    this.#openId = null;
    this.#isStartedHere = false;
    this.#isConnected = false;
    this.#fullScreen?.leave();
    this.#pane?.[Symbol.dispose]();
    this.#pane = undefined;
    this.#bar?.[Symbol.dispose]();
    this.#bar = undefined;
    this.#foot.replaceChildren();
    this.#host.replaceChildren();
    this.#host.hidden = true;
    this.#foot.hidden = true;
  }

  async #requestTicket(sandboxId: string): Promise<TicketAnswer> {
    const answer = await this.session.ticket(sandboxId);
    if (answer.ok) return { ok: true, ticket: answer.value };
    const { code, retryable, values } = answer.refusal;
    return { ok: false, code, retryable, values: values ?? {} };
  }

  #onConnection(state: ConnectionState): void {
    this.#isConnected = state.kind === 'connected';
    this.dataset['connection'] = state.kind;
    this.#bar?.showConnection(state);
    if (state.kind === 'refused' && isGone(state.code)) void this.session.refresh();
    this.dispatchEvent(new CustomEvent('podium-connection', { detail: state.kind }));
  }

  #leave(): void {
    const back = this.#cameFrom;
    this.#cameFrom = null;
    if (back?.isConnected && back.offsetParent !== null) back.focus();
    else this.#bar?.firstControl.focus();
    announce(text('terminal.left', { chord: LEAVE_CHORD }));
  }

  #onPageKey(key: KeyboardEvent): void {
    if (!isLeaveChord(key) || this.#pane === undefined || this.offsetParent === null) return;
    key.preventDefault();
    this.enter();
  }
}

function isReaderMode(): boolean {
  return loadPreference(READER_PREFERENCE) === 'true';
}

/** Whether the terminal may take the focus: the reader is in it, or nowhere in particular. */
function isFocusFree(terminal: HTMLElement): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || terminal.contains(focused);
}

customElements.define('podium-terminal', PodiumTerminal);
