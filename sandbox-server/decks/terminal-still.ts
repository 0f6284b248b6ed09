/**
 * What stands for a live terminal where nothing can be pressed, on paper and without JavaScript: the example that the
 * author wrote into the element, if any, and the lab in which a reader finds the same shell.
 */

export interface TerminalCaption {
  readonly text: string;
  /** The lab's page. */
  readonly href: string;
}

/** A line of the example that begins so is what one types; the rest is what the shell answers. */
const PROMPT = '$ ';

/** Puts a still behind every terminal of the slides, and takes the example out of the terminal. */
export function addTerminalStills(slides: Element, captionOf: (lab: string) => TerminalCaption | undefined): void {
  for (const terminal of slides.querySelectorAll('podium-terminal')) {
    const example = terminal.textContent.trim();
    const caption = captionOf(terminal.getAttribute('lab') ?? '');
    terminal.replaceChildren();
    takeOutOfParagraph(terminal);
    if (example === '' && caption === undefined) continue;
    const still = terminal.ownerDocument.createElement('figure');
    still.className = 'terminal-still';
    if (example !== '') still.append(makeScreen(terminal.ownerDocument, example));
    if (caption !== undefined) still.append(makeCaption(terminal.ownerDocument, caption));
    (terminal.closest('p') ?? terminal).after(still);
  }
}

/** Markdown puts a terminal that is one line into a paragraph of its own, which may not hold a figure. */
function takeOutOfParagraph(terminal: Element): void {
  const paragraph = terminal.parentElement;
  if (paragraph?.matches('p') && paragraph.textContent.trim() === '' && paragraph.childElementCount === 1) {
    paragraph.replaceWith(terminal);
  }
}

function makeScreen(document: Document, example: string): Element {
  const screen = document.createElement('pre');
  for (const line of example.split('\n')) {
    if (screen.hasChildNodes()) screen.append('\n');
    screen.append(line.startsWith(PROMPT) ? makeCommand(document, line) : line);
  }
  return screen;
}

function makeCommand(document: Document, line: string): Element {
  const command = document.createElement('b');
  command.textContent = line;
  return command;
}

function makeCaption(document: Document, { text, href }: TerminalCaption): Element {
  const caption = document.createElement('figcaption');
  const link = document.createElement('a');
  link.href = href;
  link.textContent = text;
  caption.append(link);
  return caption;
}
