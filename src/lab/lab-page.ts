/** The browser code of a lab's page: joins steps, blocks, checks, split and sheet with the terminal. */
import { announce } from '../terminal/announcer.ts';
import { errorText, text } from '../terminal/page-texts.ts';
import { PodiumTerminal } from '../terminal/podium-terminal.ts';
import type { RunAnswer } from '../terminal/run-clicks.ts';
import { clientId } from '../terminal/client-id.ts';
import { forgetInBlocks } from './block-question.ts';
import { addBlockButtons } from './blocks.ts';
import { followChecksInSight } from './checks-in-sight.ts';
import { createChecks } from './checks.ts';
import { showHintsInTurn } from './hints.ts';
import { loadProgress, saveProgress } from './progress.ts';
import { createPlaces } from './places.ts';
import { type Questions, startQuestions } from './questions.ts';
import { createSolves } from './solves.ts';
import { createSheet } from './sheet.ts';
import { createSplit } from './split.ts';
import { createSteps } from './steps.ts';

/** Id of the JSON with the lab's messages in the page's language. */
const MESSAGES_ID = 'lab-messages';

/** After these there is something to see in the terminal; after the others there is something to read in the text. */
const sheetOutcomes: ReadonlySet<RunAnswer['outcome']> = new Set(['typed', 'repeated', 'no_shell']);

function startLabPage(root: HTMLElement): void {
  const terminal = find(root, 'podium-terminal');
  if (!(terminal instanceof PodiumTerminal)) throw new Error('The lab page has no <podium-terminal>.');
  createSplit(root, find(root, '.lab-split'));
  const sheet = createSheet({
    root,
    sheet: find(root, '.lab-terminal'),
    openButton: find(root, '[data-sheet="open"]'),
    closeButton: find(root, '[data-sheet="close"]'),
    enter: () => enterTerminal(terminal),
  });
  addBlockButtons(root, {
    run: async (order) => {
      const answer = await terminal.run(order);
      if (sheetOutcomes.has(answer.outcome)) sheet.open();
      return answer;
    },
    save: (blockId) => saveBlock(terminal, blockId),
    takeOver: () => terminal.takeOver(),
  });
  showHintsInTurn(root);
  const questions = startQuestions(root, { lab: root.dataset['lab'] ?? '', api: terminal.session.api });
  createProgress(root, terminal, questions);
}

/** Steps and checks share what is done, from this browser and from the server. */
function createProgress(root: HTMLElement, terminal: PodiumTerminal, questions: Questions): void {
  const lab = root.dataset['lab'] ?? '';
  const stored = loadProgress(lab);
  const done = new Set(stored.done);
  const total = root.querySelectorAll('[data-check]').length;
  let current = stored.step;
  const keep = (): void => saveProgress(lab, { step: current, done: [...done], at: places.at });
  const show = (): void => {
    steps.showDone(done);
    find(root, '.lab-done').hidden = total === 0 || done.size < total;
    checks.showDone(done, sight.watched);
    sight.update();
  };
  const add = (names: readonly string[]): void => {
    const fresh = names.filter((name) => !done.has(name));
    if (fresh.length === 0) return;
    for (const name of fresh) done.add(name);
    show();
    keep();
    if (done.size === total) announce(text('lab.done'));
  };
  const forget = (): void => {
    done.clear();
    checks.reset();
    show();
    keep();
  };
  const { session } = terminal;
  const places = createPlaces({ lab, api: session.api, at: stored.at });
  const checks = createChecks({ root, session, messages: readMessages(), onDone: (check) => add([check]) });
  const listOpen = (): string[] =>
    [...root.querySelectorAll<HTMLElement>('.lab-step[data-current] [data-check]')]
      .map(({ dataset }) => dataset['check'] ?? '')
      .filter((name) => !done.has(name));
  const sight = followChecksInSight({ session, page: clientId, listOpen });
  const solves = createSolves({ root, line: find(root, '.lab-solving'), session });
  let solvable: readonly number[] = [];
  const onShow = (step: number): void => {
    places.note(step, current);
    current = step;
    keep();
    sight.update();
    terminal.offerStartAt(canStartAt(root, step, solvable) ? step : 0);
  };
  const steps = createSteps({ root, first: stored.step, onShow });
  show();
  session.subscribe(({ phase }) => {
    if (phase.kind === 'running') forgetInBlocks(root, [text('lab.run.noShell'), text('lab.save.noSandbox')]);
    const startsOver = phase.kind === 'stopping' && phase.ending === 'over';
    if (startsOver) forget();
    else if ('sandbox' in phase) add(phase.sandbox.checksDone);
  });
  /* Where there is no server, what this browser remembers is enough. */
  void session.api.progress(lab).then((answer) => {
    if (!answer.ok) return;
    add(answer.value.checksDone);
    questions.restore(answer.value.answers);
    const step = places.open(answer.value.place, location.hash !== '');
    if (step !== undefined && step !== current) location.replace(`#step-${step}`);
    ({ solvable } = answer.value);
    solves.offer(solvable);
    onShow(current);
  });
}

/** Whether all that is before a step can be done for the learner, and there is something before it. */
function canStartAt(root: HTMLElement, step: number, solvable: readonly number[]): boolean {
  const before = [...root.querySelectorAll('.lab-step')].slice(0, step - 1);
  const isReached = (section: Element, index: number): boolean =>
    section.querySelector('[data-check]') === null || solvable.includes(index + 1);
  return before.length > 0 && solvable.length > 0 && before.every(isReached);
}

/** What to say where it failed. */
async function saveBlock({ session }: PodiumTerminal, blockId: string): Promise<string | null> {
  const { phase } = session.state;
  if (phase.kind !== 'running') return text('lab.save.noSandbox');
  const answer = await session.api.saveFile(phase.sandbox.id, blockId);
  return answer.ok ? null : errorText(answer.refusal.code, answer.refusal.values);
}

function enterTerminal(terminal: PodiumTerminal): void {
  terminal.enter();
  if (!terminal.contains(document.activeElement)) terminal.querySelector<HTMLElement>('button')?.focus();
}

function readMessages(): Readonly<Record<string, string>> {
  return JSON.parse(document.getElementById(MESSAGES_ID)?.textContent ?? '{}') as Readonly<Record<string, string>>;
}

function find(root: HTMLElement, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`The lab page has no ${selector}.`);
  return found;
}

for (const root of document.querySelectorAll<HTMLElement>('.lab')) startLabPage(root);
