/** The terminal on the screen: xterm.js in our colours and face. It knows no socket. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { SerializeAddon } from '@xterm/addon-serialize';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal, type ILinkHandler } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { onThemeChange } from '../site/theme.ts';
import type { TerminalScreen, TerminalSize } from './client.ts';
import { decodeClipboardWrite } from './clipboard.ts';
import { fitFontPx } from './fit-font.ts';
import { loadWebgl } from './graphics.ts';
import { rowKeyCode, type RowKey } from './keys.ts';
import { QueryGuard } from './query-guard.ts';
import { Recording, type RecordedPart } from './recording.ts';
import { logText, screenText } from './screen-text.ts';
import type { TerminalSettings } from './settings.ts';
import { readTheme } from './theme.ts';

const LINE_HEIGHT = 1.2;
/** About twenty screens back; a line of 120 cells is some 1.5 KB in memory. */
const SCROLLBACK_LINES = 5_000;
/** Slim, and still to be caught with a mouse. */
const SCROLLBAR_PX = 10;
/** Whatever colours a program picks, text stays readable (WCAG 2.2, 1.4.3). */
const LEAST_CONTRAST = 4.5;
/** On a slow line the terminal opens in the stand-in face rather than not at all. */
const FONT_LIMIT_MS = 2_000;
/** A program copies because a key was pressed; what comes later was not asked for. */
const COPY_AFTER_KEY_MS = 5_000;
/** Ends a sequence that was cut, and resets all (CAN, RIS). */
const RESET = '\x18\x1bc';
/** Out of the alternate screen, and of what a program may have left on: mouse, pastes, margins, colours. */
const LEAVE_MODES = '\x18\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[!p\x1b[0m';
/** What xterm reports when a program asks to be told of the focus; in a replay that program was told long ago. */
const FOCUS_REPORTS: ReadonlySet<string> = new Set(['\x1b[I', '\x1b[O']);

const weights = { site: ['400', '700'], projector: ['600', '800'] } as const;

export interface TerminalViewOptions {
  readonly host: HTMLElement;
  readonly label: string;
  readonly settings: TerminalSettings;
  readonly onText: (text: string) => void;
  readonly onBytes: (bytes: Uint8Array) => void;
  /** The window has room for another size, or the terminal was clicked open again. */
  readonly onWindow: () => void;
  /** False for a key that the page keeps for itself. */
  readonly onKey: (key: KeyboardEvent) => boolean;
  readonly onLink: (uri: string, isHidden: boolean) => void;
  /** A program puts a text on the clipboard, shortly after a key. */
  readonly onProgramCopy: (text: string) => void;
}

/** Opens the terminal in its host, once its face is there: cells are measured when it opens. */
export async function createTerminalView(options: TerminalViewOptions): Promise<TerminalView> {
  const fontFamily = getComputedStyle(options.host).fontFamily;
  const isLate = new Promise((resolve) => setTimeout(resolve, FONT_LIMIT_MS));
  await Promise.race([document.fonts.load(`14px ${fontFamily}`).catch(() => undefined), isLate]);
  return new TerminalView(options, fontFamily);
}

/** Smaller than this nobody reads on a phone that shows a slide. */
const SMALLEST_PX = 9;

/** A slide is read from further away than a page, and larger in a larger window: its terminal's letters are as well. */
function scaleAt(host: HTMLElement): number {
  const style = getComputedStyle(host);
  const [terminal = 1, slide = 1] = ['--terminal-scale', '--slide-scale'].map(
    (name) => Number(style.getPropertyValue(name)) || 1,
  );
  return terminal === 1 ? 1 : terminal * slide;
}

export class TerminalView implements TerminalScreen, Disposable {
  readonly terminal: Terminal;
  readonly search = new SearchAddon();
  readonly #options: TerminalViewOptions;
  readonly #fit = new FitAddon();
  readonly #serialize = new SerializeAddon();
  readonly #guard = new QueryGuard();
  readonly #recording: Recording;
  readonly #observer: ResizeObserver;
  readonly #disposed = new AbortController();
  #settings: TerminalSettings;
  #isWatching = false;
  #lastKeyMs = Number.NEGATIVE_INFINITY;

  constructor(options: TerminalViewOptions, fontFamily: string) {
    this.#options = options;
    this.#settings = options.settings;
    this.terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily,
      fontSize: this.#wantedFontPx,
      lineHeight: LINE_HEIGHT,
      linkHandler: this.#linkHandler(),
      macOptionClickForcesSelection: true,
      minimumContrastRatio: LEAST_CONTRAST,
      overviewRuler: { width: SCROLLBAR_PX },
      scrollback: SCROLLBACK_LINES,
    });
    this.#recording = new Recording(() => this.#snapshot(), Date.now);
    this.#loadAddons();
    this.terminal.open(options.host);
    this.terminal.textarea?.setAttribute('aria-label', options.label);
    loadWebgl(this.terminal);
    this.applySettings(options.settings);
    this.#fit.fit();
    this.#listen();
    this.#observer = new ResizeObserver(() => this.#onWindow());
    this.#observer.observe(options.host);
    onThemeChange(() => this.#applyTheme(), this.#disposed.signal);
  }

  get #wantedFontPx(): number {
    const px = this.#settings.fontPx * scaleAt(this.#options.host);
    // To a tenth, so that a slide has the same columns in every window.
    return Math.max(SMALLEST_PX, Math.round(px * 10) / 10);
  }

  get size(): TerminalSize {
    return { columns: this.terminal.cols, rows: this.terminal.rows };
  }

  /** A host without a size (a hidden sheet, a tab that is not shown) wants what the shell has. */
  get wantedSize(): TerminalSize {
    const room = this.#room();
    if (room === null || !this.#isWatching) return room ?? this.size;
    const scale = Number(this.terminal.options.fontSize) / this.#wantedFontPx;
    return {
      columns: Math.max(2, Math.floor(room.columns * scale)),
      rows: Math.max(1, Math.floor(room.rows * scale)),
    };
  }

  draw(bytes: Uint8Array, isAnswered: boolean, drawn: () => void): void {
    /* Each is drawn in one go, so the guard is on for these bytes alone; a query that only begins here is answered where it ends. */
    if (!isAnswered) this.terminal.write('', () => (this.#guard.isAnswering = false));
    this.terminal.write(bytes, () => {
      this.#guard.isAnswering = true;
      this.#recording.onDrawn(bytes);
      drawn();
    });
  }

  resize({ columns, rows }: TerminalSize): void {
    this.terminal.write('', () => {
      if (columns === this.terminal.cols && rows === this.terminal.rows) return;
      this.terminal.resize(columns, rows);
      this.#recording.onResized(columns, rows);
      this.#fitFont();
    });
  }

  clear(): void {
    this.terminal.write(RESET);
  }

  startAfresh(): void {
    const { rows } = this.terminal;
    this.terminal.write(`${LEAVE_MODES}\x1b[${rows};1H${'\n'.repeat(rows)}\x1b[H`);
  }

  /** Shows another's screen: at the writer's size, in text that is small enough for this window. */
  setWatching(isWatching: boolean): void {
    this.#isWatching = isWatching;
    this.#options.host.toggleAttribute('data-watching', isWatching);
    this.#fitFont();
    requestAnimationFrame(() => this.#onWindow());
  }

  applySettings(settings: TerminalSettings): void {
    this.#settings = settings;
    const [fontWeight, fontWeightBold] = weights[settings.colours];
    this.#options.host.toggleAttribute('data-projector', settings.colours === 'projector');
    Object.assign(this.terminal.options, { fontWeight, fontWeightBold });
    this.terminal.options.screenReaderMode = settings.isScreenReaderMode;
    this.terminal.options.fontSize = this.#wantedFontPx;
    this.#applyTheme();
    this.#fitFont();
    this.#onWindow();
  }

  /** Presses a key as a keyboard would, with the codes that the program asked for. */
  press(key: RowKey): void {
    this.terminal.input(rowKeyCode(key, this.terminal.modes.applicationCursorKeysMode));
  }

  /** The text on the screen, a line each, without what is blank at the end. */
  get text(): string {
    return screenText(this.terminal);
  }

  /** All that is in the scrollback and on the screen. */
  get log(): string {
    return logText(this.terminal);
  }

  get recorded(): RecordedPart | null {
    return this.#recording.whole;
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
    this.#disposed.abort();
    this.terminal.dispose();
  }

  #loadAddons(): void {
    const links = new WebLinksAddon((_event, uri) => this.#options.onLink(uri, false));
    for (const addon of [this.#fit, this.#serialize, this.search, links, new Unicode11Addon()]) {
      this.terminal.loadAddon(addon);
    }
    this.terminal.loadAddon(this.#guard);
    this.terminal.unicode.activeVersion = '11';
    this.terminal.parser.registerOscHandler(52, (data) => this.#onClipboard(data));
  }

  #listen(): void {
    const { onBytes, onKey, onText, host } = this.#options;
    this.#guard.isAnswering = true;
    this.terminal.onData((text) => {
      if (this.#guard.isAnswering || !FOCUS_REPORTS.has(text)) onText(text);
    });
    this.terminal.onBinary((binary) => onBytes(Uint8Array.from(binary, (character) => character.charCodeAt(0))));
    this.terminal.attachCustomKeyEventHandler(onKey);
    const onAct = (): void => {
      this.#lastKeyMs = performance.now();
    };
    for (const act of ['keydown', 'pointerup'] as const) {
      host.addEventListener(act, onAct, { capture: true, signal: this.#disposed.signal });
    }
  }

  /** A link whose text may say something else than where it leads (OSC 8). */
  #linkHandler(): ILinkHandler {
    return { activate: (_event, uri) => this.#options.onLink(uri, true), allowNonHttpProtocols: false };
  }

  /** Programs may write to the clipboard of whoever types, and never read it. */
  #onClipboard(data: string): boolean {
    const isAsked = performance.now() - this.#lastKeyMs < COPY_AFTER_KEY_MS;
    const text = this.#guard.isAnswering && isAsked ? decodeClipboardWrite(data) : null;
    if (text !== null) this.#options.onProgramCopy(text);
    return true;
  }

  #applyTheme(): void {
    this.terminal.options.theme = readTheme(this.#options.host);
  }

  #room(): TerminalSize | null {
    const { host } = this.#options;
    const room = host.clientWidth > 0 && host.clientHeight > 0 ? this.#fit.proposeDimensions() : undefined;
    return room === undefined ? null : { columns: room.cols, rows: room.rows };
  }

  #fitFont(): void {
    const px = Number(this.terminal.options.fontSize);
    const room = this.#room();
    const wantedPx = this.#wantedFontPx;
    const fitting = this.#isWatching && room !== null ? fitFontPx(px, room, this.size, wantedPx) : wantedPx;
    if (fitting !== px) this.terminal.options.fontSize = fitting;
  }

  #onWindow(): void {
    this.#fitFont();
    this.#options.onWindow();
  }

  #snapshot(): { columns: number; rows: number; drawing: string } {
    return { ...this.size, drawing: this.#serialize.serialize({ scrollback: 0 }) };
  }
}
