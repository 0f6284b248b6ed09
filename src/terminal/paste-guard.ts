/** Stands between the clipboard and the shell: asks before a paste whose lines would be run as they come. */
import { askInDialog } from './dialog.ts';
import { element } from './dom.ts';
import { text } from './page-texts.ts';
import { pasteLines, runsAtOnce } from './paste.ts';

export interface PasteGuardOptions {
  readonly host: HTMLElement;
  /** Whether the program has asked to be told what is pasted: then it decides what to do with the lines. */
  readonly isBracketed: () => boolean;
  readonly paste: (text: string) => void;
  readonly signal: AbortSignal;
}

export function guardPastes({ host, isBracketed, paste, signal }: PasteGuardOptions): void {
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const clean = withoutEscapes(pasted);
    const isAsked = runsAtOnce(clean, isBracketed());
    if (!isAsked && clean === pasted) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isAsked) ask(host, clean, () => paste(clean));
    else paste(clean);
  };
  host.addEventListener('paste', onPaste, { capture: true, signal });
}

/** A text that holds the end of a bracketed paste would leave the bracket and be run. */
function withoutEscapes(pasted: string): string {
  return pasted.replaceAll('\x1b', '');
}

function ask(host: HTMLElement, pasted: string, paste: () => void): void {
  const { shown, count } = pasteLines(pasted);
  const more = count - shown.length;
  const lines = element(
    'pre',
    { class: 'paste-lines', tabindex: '0', 'aria-label': text('paste.lines') },
    shown.join('\n'),
  );
  askInDialog(host, {
    title: count === 1 ? text('paste.askOne') : text('paste.ask', { count }),
    body: [lines, ...(more > 0 ? [element('p', {}, text('paste.more', { count: more }))] : [])],
    choices: [
      { label: text('paste.cancel'), choose: () => undefined },
      { label: text('paste.paste'), choose: paste, isMain: true, action: 'paste' },
    ],
  });
}
