/**
 * `<podium-terminal lab="…">`: a lab's sandbox with its terminal, from Start to Stop, anywhere on a page. It takes its
 * texts from the page (`TerminalTexts.astro`), asks the server once it comes into sight (with `eager` at once), and loads
 * xterm.js only at Start.
 */
import { announce } from './announcer.ts';
import type { ConnectionState } from './connection-state.ts';
import { askInDialog } from './dialog.ts';
import { element } from './dom.ts';
import { isFocusFree } from './focus.ts';
import { createFullScreen, type FullScreen } from './full-screen.ts';
import { askHandOver, handOverCode, showHandOver } from './hand-over.ts';
import { chordNames, chordOf } from './keys.ts';
import { errorText, text } from './page-texts.ts';
import type { RunAnswer } from './run-clicks.ts';
import type { StartWishes } from './sandbox-api.ts';
import { createSandboxApi } from './sandbox-api.ts';
import { createSandboxSession, type SandboxSession } from './sandbox-session.ts';
import { sessionPanel, type PanelActions } from './session-panel.ts';
import { isGone, type SessionState } from './session-state.ts';
import { createSettings } from './settings.ts';
import { createSettingsMenu, type SettingsMenu } from './settings-menu.ts';
import { createTerminalBar, type TerminalBar } from './terminal-bar.ts';
import type { TicketAnswer } from './terminal-socket.ts';
import type { RunOrder, TerminalWorkspace } from './terminal-workspace.ts';

/** What every terminal of the page looks like. */
const settings = createSettings();

export class PodiumTerminal extends HTMLElement {
  #session: SandboxSession | undefined;
  #workspace: TerminalWorkspace | undefined;
  #menu: SettingsMenu | undefined;
  #bar: TerminalBar | undefined;
  #fullScreen: FullScreen | undefined;
  /** The sandbox whose terminal is open or being opened. */
  #openId: string | null = null;
  /** The sandbox whose terminal was said to be ready. */
  #readyId: string | null = null;
  /** Start was pressed here, so the terminal may take the focus when it is there. */
  #isStartedHere = false;
  #cameFrom: HTMLElement | null = null;
  #lastKind: SessionState['phase']['kind'] = 'loading';
  #lastLine = '';
  #step = 0;
  /** Of the latest start. */
  #wishes: StartWishes = { isFresh: false, step: 0 };
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
    this.replaceChildren(element('div', { class: 'terminal-frame' }, this.#panelSlot, this.#host, this.#foot));
    this.#fullScreen = createFullScreen(this, (isFull) => this.#bar?.showFullScreen(isFull), this.#away.signal);
    this.session.subscribe((state) => this.#show(state));
    document.addEventListener('keydown', (key) => this.#onPageKey(key), { signal: this.#away.signal });
    void this.#load();
  }

  disconnectedCallback(): void {
    this.#away.abort();
    this.#closeTerminal();
    this.#session?.[Symbol.dispose]();
    this.#session = undefined;
  }

  /** Has the server type a block of the lab's page, once for each click id. */
  run(order: RunOrder): Promise<RunAnswer> {
    const none = { outcome: 'no_shell', program: null } as const;
    return this.#workspace?.run(order) ?? Promise.resolve(none);
  }

  /** Types a text as the reader would, and says false where there is no shell that takes it. */
  type(typed: string): boolean {
    return this.#workspace?.active.type(typed) ?? false;
  }

  /** The step at which a sandbox may begin, since all before it can be done for the learner; 0 is none. */
  offerStartAt(step: number): void {
    this.#step = step;
    if (this.#session?.state.phase.kind === 'idle') this.#show(this.#session.state);
  }

  /** Becomes the one who types, and resolves when it is so. */
  async takeOver(): Promise<void> {
    await this.#workspace?.active.take();
  }

  /** Moves the focus into the terminal; Leave brings it back to where it was. */
  enter(): void {
    if (this.#workspace === undefined) return;
    if (document.activeElement instanceof HTMLElement && !this.contains(document.activeElement)) {
      this.#cameFrom = document.activeElement;
    }
    this.#workspace.focus();
  }

  /** The text that is on the terminal's screen; empty without a terminal. */
  screenText(): string {
    return this.#workspace?.active.screenText ?? '';
  }

  #show(state: SessionState): void {
    const { phase } = state;
    this.dataset['phase'] = phase.kind;
    const actions: PanelActions = {
      start: (wishes) => this.#start(wishes),
      startAgain: () => this.#start(this.#wishes),
      cancel: () => void this.session.stop(),
      reload: () => void this.session.load(),
    };
    const panel = sessionPanel(state, actions, this.#step);
    const hadFocus =
      this.#panelSlot.contains(document.activeElement) ||
      this.#host.contains(document.activeElement) ||
      this.#foot.contains(document.activeElement);
    this.#showPanel(panel);
    this.#sayLine(panel?.querySelector('.panel-line')?.textContent ?? '');
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

  /** Where one is in the line changes without a new phase. */
  #sayLine(said: string): void {
    if (said !== '' && said !== this.#lastLine) announce(said);
    this.#lastLine = said;
  }

  /** A new phase is said once; the focus follows it if it was here, so that it is never lost to the page's top. */
  #onPhaseChange(panel: HTMLElement | null, hadFocus: boolean): void {
    if (panel === null) return;
    const title = panel.querySelector<HTMLElement>('.panel-title');
    const said = panel.querySelector('.panel-failed, .panel-ending')?.textContent ?? title?.textContent;
    if (this.#lastKind !== 'loading' && said) announce(said);
    if (hadFocus && !panel.contains(document.activeElement)) title?.focus();
  }

  /** Whoever came by a hand-over link is asked first: the answer decides whose sandboxes there are. */
  async #load(): Promise<void> {
    const code = handOverCode();
    if (code !== null) await askHandOver(this.session.api, code);
    if (this.#away.signal.aborted) return;
    if (this.hasAttribute('eager')) await this.session.load();
    else this.#loadInSight();
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

  #start(wishes: StartWishes): void {
    this.#wishes = wishes;
    this.#isStartedHere = true;
    /* Fetched while the server starts the sandbox, so that the terminal is there when the shell is. */
    void import('./terminal-workspace.ts');
    void this.session.start(wishes);
  }

  #startOver(wishes: StartWishes): void {
    void this.session.startOver(wishes);
    /* After the old terminal was closed, with which the focus is free for the new one. */
    this.#isStartedHere = true;
  }

  async #openTerminal(sandboxId: string): Promise<void> {
    this.#openId = sandboxId;
    this.#host.hidden = false;
    this.#foot.hidden = false;
    const hadFocus = this.#isStartedHere && isFocusFree(this);
    this.#host.replaceChildren(element('p', { class: 'panel-quiet' }, text('terminal.loading')));
    this.#bar = this.#createBar(sandboxId);
    this.#foot.replaceChildren(this.#bar.element);
    const { createTerminalWorkspace } = await import('./terminal-workspace.ts');
    if (this.#openId !== sandboxId) return;
    this.#host.replaceChildren();
    const workspace = await createTerminalWorkspace({
      host: this.#host,
      sandboxId,
      settings,
      requestTicket: (signal) => this.#requestTicket(sandboxId, signal),
      onState: (state) => this.#onConnection(state),
      onLeave: () => this.#leave(),
    });
    if (this.#openId !== sandboxId) return workspace[Symbol.dispose]();
    this.#workspace = workspace;
    if (hadFocus) workspace.focus();
    this.#sayWhatIsMissing();
  }

  /** A sandbox may run without something that it should have. */
  #sayWhatIsMissing(): void {
    const { phase } = this.session.state;
    const code = phase.kind === 'running' ? phase.sandbox.code : undefined;
    if (code === undefined) return;
    const understood = { label: text('terminal.dismiss'), choose: () => this.#workspace?.focus() };
    askInDialog(this, { title: errorText(code), choices: [understood] });
  }

  #createBar(sandboxId: string): TerminalBar {
    this.#menu = createSettingsMenu(settings, {
      find: () => this.#workspace?.active.openSearch(),
      saveText: () => this.#workspace?.saveText(),
      saveRecording: () => this.#workspace?.saveRecording(),
      handOver: () => void showHandOver(this, this.session.api, sandboxId),
    });
    const bar = createTerminalBar({
      toggleFullScreen: () => this.#fullScreen?.toggle(),
      settings: this.#menu.element,
      stop: () => void this.session.stop(),
      startOver: (wishes) => this.#startOver(wishes),
      step: () => this.#step,
      extend: () => this.session.extend(),
      serverNow: () => this.session.api.serverNow(),
    });
    const { phase } = this.session.state;
    if (phase.kind === 'running') bar.showSandbox(phase.sandbox);
    return bar;
  }

  #closeTerminal(): void {
    this.#openId = null;
    this.#isStartedHere = false;
    this.#fullScreen?.leave();
    this.#workspace?.[Symbol.dispose]();
    this.#workspace = undefined;
    this.#menu?.[Symbol.dispose]();
    this.#menu = undefined;
    this.#bar?.[Symbol.dispose]();
    this.#bar = undefined;
    this.#foot.replaceChildren();
    this.#host.replaceChildren();
    this.#host.hidden = true;
    this.#foot.hidden = true;
  }

  async #requestTicket(sandboxId: string, signal: AbortSignal): Promise<TicketAnswer> {
    const answer = await this.session.ticket(sandboxId, signal);
    if (answer.ok) return { ok: true, ticket: answer.value };
    const { code, retryable, values } = answer.refusal;
    return { ok: false, code, retryable, values: values ?? {} };
  }

  #onConnection(state: ConnectionState): void {
    const isFirst = state.kind === 'connected' && this.#readyId !== this.#openId;
    if (isFirst) announce(text('terminal.ready'));
    if (isFirst) this.#readyId = this.#openId;
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
    announce(text('terminal.left', { chord: chordNames.leave }));
  }

  #onPageKey(key: KeyboardEvent): void {
    if (chordOf(key) !== 'leave' || this.#workspace === undefined || this.offsetParent === null) return;
    key.preventDefault();
    this.enter();
  }
}

customElements.define('podium-terminal', PodiumTerminal);
