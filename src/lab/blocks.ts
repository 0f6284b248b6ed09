/** Run, Save and Copy beside the code blocks of the steps. A click says which block; the server types or writes its own copy. */
import { announce } from '../terminal/announcer.ts';
import { button, element } from '../terminal/dom.ts';
import { text, type PageTextKey } from '../terminal/page-texts.ts';
import type { RunAnswer } from '../terminal/run-clicks.ts';
import type { RunOrder } from '../terminal/terminal-workspace.ts';
import { askInBlock, clearQuestion, sayInBlock, type BlockQuestion } from './block-question.ts';

/** How long a button shows that it has worked. */
const CONFIRM_MS = 1_600;
/** A label names its command, and a long script only by how it begins. */
const LABEL_CHARACTERS = 60;

export interface RunTarget {
  /** Has a block typed in the terminal, once for each click id; into a program that is running only when confirmed. */
  readonly run: (order: RunOrder) => Promise<RunAnswer>;
  /** Has the file of a block written; resolves with what to say where that failed. */
  readonly save: (blockId: string) => Promise<string | null>;
  /** Becomes the one who types. */
  readonly takeOver: () => Promise<void>;
}

export function addBlockButtons(root: HTMLElement, target: RunTarget): void {
  for (const figure of root.querySelectorAll<HTMLElement>('.block[data-copy]')) addButtons(figure, target);
  for (const figure of root.querySelectorAll<HTMLElement>('.block-output')) {
    const isAgain = figure.hasAttribute('data-again');
    figure.prepend(element('figcaption', {}, text(isAgain ? 'lab.output.again' : 'lab.output')));
  }
}

function addButtons(figure: HTMLElement, target: RunTarget): void {
  const source = figure.querySelector('code')?.textContent ?? '';
  const command = source.length > LABEL_CHARACTERS ? `${source.slice(0, LABEL_CHARACTERS)}…` : source;
  const row = element('div', { class: 'block-actions' });
  const { block, save, path = '' } = figure.dataset;
  if (block !== undefined) row.append(runButton(figure, { block, command, target }));
  if (save !== undefined) row.append(saveButton(figure, { block: save, path, target }));
  const copy = button(text('lab.copy'), () => void copySource(copy, source), {
    class: 'block-button',
    'aria-label': text('lab.copy.label', { command }),
  });
  row.append(copy);
  figure.append(row);
}

interface Runnable {
  readonly block: string;
  readonly command: string;
  readonly target: RunTarget;
}

function runButton(figure: HTMLElement, { block, command, target }: Runnable): HTMLElement {
  const terminal = terminalOf(figure);
  /* One click has one id, however often it is sent: until it is typed, it is the same click. */
  const click = async (clickId: string, isConfirmed: boolean): Promise<void> => {
    clearQuestion(figure);
    const { outcome, program } = await target.run({ blockId: block, clickId, isConfirmed, terminal });
    if (outcome === 'typed' || outcome === 'repeated') {
      announce(text('lab.run.sent'));
      return confirmOn(made, text('lab.run.done'));
    }
    if (outcome === 'busy')
      return askInBlock(
        figure,
        busyQuestion(program, () => void click(clickId, true)),
      );
    if (outcome !== 'not_writer') return sayInBlock(figure, text(answerTexts[outcome]));
    const take = async (): Promise<void> => {
      await target.takeOver();
      await click(clickId, isConfirmed);
    };
    askInBlock(figure, { said: text('lab.run.notWriter'), yes: text('lab.run.takeOver'), act: () => void take() });
  };
  const press = (): void => void click(crypto.getRandomValues(new Uint32Array(4)).join('-'), false);
  const isElsewhere = figure.dataset['terminal'] !== undefined;
  const made = button(text(isElsewhere ? 'lab.run.second' : 'lab.run', { terminal: terminal ?? 1 }), press, {
    class: 'block-button block-run',
    title: text('lab.run.keys'),
    'aria-label': text(isElsewhere ? 'lab.run.second.label' : 'lab.run.label', { command, terminal: terminal ?? 1 }),
    'aria-keyshortcuts': 'Alt+Enter',
  });
  pressByKeyboard(figure, press);
  return made;
}

/** Undefined is the terminal in use, in a lab that has its reader use one. */
function terminalOf(figure: HTMLElement): number | undefined {
  const { terminal } = figure.dataset;
  if (terminal !== undefined) return Number(terminal);
  return figure.closest('.lab')?.querySelector('[data-terminal]') ? 1 : undefined;
}

interface Savable {
  readonly block: string;
  readonly path: string;
  readonly target: RunTarget;
}

function saveButton(figure: HTMLElement, { block, path, target }: Savable): HTMLElement {
  figure.prepend(element('figcaption', { class: 'block-path' }, path));
  const save = async (): Promise<void> => {
    clearQuestion(figure);
    const failure = await target.save(block);
    if (failure !== null) return sayInBlock(figure, failure);
    announce(text('lab.saved.as', { path }));
    confirmOn(made, text('lab.saved'));
  };
  const made = button(text('lab.save'), () => void save(), {
    class: 'block-button block-run',
    title: text('lab.run.keys'),
    'aria-label': text('lab.save.label', { path }),
    'aria-keyshortcuts': 'Alt+Enter',
  });
  pressByKeyboard(figure, () => void save());
  return made;
}

function pressByKeyboard(figure: HTMLElement, press: () => void): void {
  figure.addEventListener('keydown', (key) => {
    if (key.key !== 'Enter' || !key.altKey || key.repeat) return;
    key.preventDefault();
    press();
  });
}

const answerTexts = {
  no_shell: 'lab.run.noShell',
  refused: 'lab.run.refused',
  dropped: 'lab.run.dropped',
} as const satisfies Partial<Record<RunAnswer['outcome'], PageTextKey>>;

function busyQuestion(program: string | null, act: () => void): BlockQuestion {
  const said = program === null ? text('lab.run.busy') : text('lab.run.busyWith', { program });
  return { said, yes: text('lab.run.typeAnyway'), act };
}

async function copySource(copy: HTMLButtonElement, source: string): Promise<void> {
  const isCopied = await writeClipboard(source);
  announce(text(isCopied ? 'lab.copied' : 'lab.copy.failed'));
  if (isCopied) confirmOn(copy, text('lab.copied'));
}

/** The clipboard API needs HTTPS or loopback; elsewhere the old command copies a selection. */
async function writeClipboard(source: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(source).then(
      () => true,
      () => false,
    );
  }
  const area = element('textarea', { class: 'visually-hidden' }, source);
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}

function confirmOn(pressed: HTMLElement, word: string): void {
  const before = pressed.dataset['label'] ?? pressed.textContent;
  pressed.dataset['label'] = before;
  pressed.textContent = word;
  setTimeout(() => (pressed.textContent = before), CONFIRM_MS);
}
