/** The terminal on the screen: xterm.js in our colours and face. It knows no socket. */
import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { onThemeChange } from '../site/theme.ts';
import type { TerminalSize } from './client.ts';
import { isCopyChord, isLeaveChord, isPasteChord, rowKeyCode, withCtrl, type RowKey } from './keys.ts';
import { readTheme } from './theme.ts';

const FONT_SIZE_PX = 14;
const LINE_HEIGHT = 1.2;
/** About twenty screens back; a line of 120 cells is some 1.5 KB in memory. */
const SCROLLBACK_LINES = 5_000;
/** Whatever colours a program picks, text stays readable (WCAG 2.2, 1.4.3). */
const LEAST_CONTRAST = 4.5;
/** On a slow line the terminal opens in the stand-in face rather than not at all. */
const FONT_LIMIT_MS = 2_000;
/** Leaves the alternate screen; on the normal one it would move the cursor to wherever it was saved last. */
const LEAVE_ALTERNATE_SCREEN = '\x1b[?1049l';
/** Out of what a program may have left switched on: mouse, bracketed paste, margins, colours. */
const SANE_MODES = '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[!p\x1b[0m';

export interface TerminalViewOptions {
  readonly host: HTMLElement;
  readonly label: string;
  readonly isScreenReaderMode: boolean;
  readonly onText: (text: string) => void;
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onResize: (size: TerminalSize) => void;
  readonly onLeave: () => void;
  /** Ctrl of the key row was held for one key and is now up. */
  readonly onCtrlUsed: () => void;
}

export interface TerminalView extends Disposable {
  readonly size: TerminalSize;
  write(bytes: Uint8Array, drawn: () => void): void;
  /** Leaves what the last shell had switched on, for a new shell on the same screen. */
  startAfresh(): void;
  focus(): void;
  setScreenReaderMode(isOn: boolean): void;
  /** Holds Ctrl for the next key, for keyboards that have none. */
  holdCtrl(isHeld: boolean): void;
  /** Presses a key as a keyboard would, with the codes that the program asked for. */
  press(key: RowKey): void;
  /** The text on the screen, a line each, without what is blank at the end. */
  screenText(): string;
}

/** Opens the terminal in `host`, once its face is there: cells are measured when it opens. */
export async function createTerminalView(options: TerminalViewOptions): Promise<TerminalView> {
  const fontFamily = getComputedStyle(options.host).fontFamily;
  const isLate = new Promise((resolve) => setTimeout(resolve, FONT_LIMIT_MS));
  await Promise.race([document.fonts.load(`${FONT_SIZE_PX}px ${fontFamily}`).catch(() => undefined), isLate]);
  return new XtermView(options, fontFamily);
}

/** In px. A slide asks for more than a page does, by `--terminal-font-size`. */
function fontSizeAt(host: HTMLElement): number {
  return Number(getComputedStyle(host).getPropertyValue('--terminal-font-size')) || FONT_SIZE_PX;
}

class XtermView implements TerminalView {
  readonly #options: TerminalViewOptions;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #observer: ResizeObserver;
  readonly #disposed = new AbortController();
  #isCtrlHeld = false;

  constructor(options: TerminalViewOptions, fontFamily: string) {
    this.#options = options;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily,
      fontSize: fontSizeAt(options.host),
      lineHeight: LINE_HEIGHT,
      linkHandler: { activate: (_event, uri) => openLink(uri), allowNonHttpProtocols: false },
      macOptionClickForcesSelection: true,
      minimumContrastRatio: LEAST_CONTRAST,
      screenReaderMode: options.isScreenReaderMode,
      scrollback: SCROLLBACK_LINES,
      theme: readTheme(options.host),
    });
    this.#loadAddons();
    this.#terminal.open(options.host);
    this.#labelInput();
    loadWebgl(this.#terminal);
    this.#fit.fit();
    this.#listen();
    this.#observer = new ResizeObserver(() => this.#fitToHost());
    this.#observer.observe(options.host);
    onThemeChange(() => {
      this.#terminal.options.theme = readTheme(options.host);
    }, this.#disposed.signal);
  }

  get size(): TerminalSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  write(bytes: Uint8Array, drawn: () => void): void {
    this.#terminal.write(bytes, drawn);
  }

  startAfresh(): void {
    const { type } = this.#terminal.buffer.active;
    if (type === 'alternate') this.#terminal.write(LEAVE_ALTERNATE_SCREEN);
    const isLineBegun = this.#terminal.buffer.normal.cursorX > 0;
    this.#terminal.write(`${SANE_MODES}${isLineBegun ? '\r\n' : ''}`);
  }

  focus(): void {
    this.#terminal.focus();
  }

  setScreenReaderMode(isOn: boolean): void {
    this.#terminal.options.screenReaderMode = isOn;
  }

  holdCtrl(isHeld: boolean): void {
    this.#isCtrlHeld = isHeld;
  }

  press(key: RowKey): void {
    this.#terminal.input(rowKeyCode(key, this.#terminal.modes.applicationCursorKeysMode));
  }

  screenText(): string {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let row = 0; row < this.#terminal.rows; row += 1) {
      lines.push(buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '');
    }
    return lines.join('\n').trimEnd();
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
    this.#disposed.abort();
    this.#terminal.dispose();
  }

  #loadAddons(): void {
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
    this.#terminal.loadAddon(new WebLinksAddon((_event, uri) => openLink(uri)));
  }

  #labelInput(): void {
    this.#terminal.textarea?.setAttribute('aria-label', this.#options.label);
  }

  #listen(): void {
    const { onBytes, onLeave, onResize } = this.#options;
    this.#terminal.onData((text) => this.#onText(text));
    this.#terminal.onBinary((binary) => onBytes(Uint8Array.from(binary, (character) => character.charCodeAt(0))));
    this.#terminal.onResize(({ cols, rows }) => onResize({ columns: cols, rows }));
    this.#terminal.attachCustomKeyEventHandler((key) => {
      if (isLeaveChord(key)) {
        key.preventDefault();
        key.stopPropagation();
        onLeave();
        return false;
      }
      if (isCopyChord(key)) {
        key.preventDefault();
        if (this.#terminal.hasSelection()) copySelection(this.#terminal);
        return false;
      }
      return !isPasteChord(key);
    });
  }

  #onText(text: string): void {
    if (!this.#isCtrlHeld) return this.#options.onText(text);
    this.#isCtrlHeld = false;
    this.#options.onCtrlUsed();
    this.#options.onText(withCtrl(text));
  }

  /** A host without a size (a hidden sheet, a slide that is not shown) keeps the size that the shell has. */
  #fitToHost(): void {
    if (this.#options.host.clientWidth > 0 && this.#options.host.clientHeight > 0) this.#fit.fit();
  }
}

/** WebGL draws fastest, but is not everywhere, and a browser may take it away again: then xterm's own renderer goes on. */
function loadWebgl(terminal: Terminal): void {
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch {
    /* xterm has fallen back to the DOM by itself. */
  }
}

function openLink(uri: string): void {
  window.open(uri, '_blank', 'noopener,noreferrer');
}

/** Outside HTTPS and loopback there is no clipboard API; xterm answers the old command with its selection. */
function copySelection(terminal: Terminal): void {
  if (navigator.clipboard === undefined) document.execCommand('copy');
  else void navigator.clipboard.writeText(terminal.getSelection());
}
