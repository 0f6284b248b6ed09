/** The walk: all that a step of the page runs and saves, in order, as clicks do it, compared with what the page shows. */
import type { Lab, RunBlock, Step } from '../../../labs/lab.ts';
import { asTyped } from '../../../terminal/attachment.ts';
import { commandKind, type CommandKind } from './command-kind.ts';
import { compareOutput, type Comparison } from './compare-output.ts';
import { makeWriteScript } from './learner-scripts.ts';
import type { Failure } from './report.ts';
import type { LabSandbox } from './sandboxes.ts';
import { stepFile } from './lab-files.ts';
import { type Attach, openWalkTerminal, type WalkTerminal } from './walk-terminal.ts';

/** A text that says nothing else promises that one sees it now. */
const OUTPUT_LIMIT_MS = 10_000;
/** `again`: the page tells the learner to run the command again. */
const AGAIN_LIMIT_MS = 60_000;
const AGAIN_EVERY_MS = 2000;
/** `kubectl wait` and `rollout status` have their own limits, which are shorter. */
const COMMAND_LIMIT_MS = 120_000;
/** Nobody reads on while a program still prints. */
const REST_MS = 1000;
/** One that has shown what it should, and does not end: another step may rely on it. */
const GOES_ON_MS = 5000;
const KEYS_LIMIT_MS = 2000;
const SAVE_LIMIT_MS = 20_000;
/** Of what was printed, in a report. */
const SHOWN_LINES = 30;

/** What ends a program that the page does not end: ^C, then what leaves a pager, a shell, an editor. */
const ENDING_KEYS = ['\u0003', '\u0003', 'q', '\u0003', '\u0004', '\u0018n'];

export interface Walker extends Disposable {
  /** Does what the step's text does. */
  walk(step: Step, signal: AbortSignal): Promise<readonly Failure[]>;
}

export function createWalker(lab: Lab, { driver, id }: LabSandbox): Walker {
  const attach: Attach = (order, onEvent, signal) => driver.attach(id, order, onEvent, signal);
  const terminals = new Map<number, { terminal: WalkTerminal; kind: CommandKind }>();

  async function terminalOf(number: number, signal: AbortSignal) {
    const found = terminals.get(number);
    if (found) return found;
    const opened = { terminal: await openWalkTerminal(attach, String(number), signal), kind: 'ends' as CommandKind };
    terminals.set(number, opened);
    return opened;
  }

  async function run(file: string, block: RunBlock, signal: AbortSignal): Promise<readonly Failure[]> {
    const place = await terminalOf(block.terminal, signal);
    const { terminal } = place;
    const isInside = place.kind === 'interactive' && !terminal.isFree;
    if (!isInside && !(await makeFree(terminal, signal))) {
      return [{ file, line: block.line, message: 'What runs in the terminal does not end. End it before this block.' }];
    }
    if (!isInside) place.kind = commandKind(block.command);
    const { command, output } = block;
    const isAside = block.terminal > 1;
    const play = { terminal, text: asTyped(command), kind: place.kind, isInside, isAside, output };
    return (await playBlock(play, signal)).map((found) => ({ file, line: found.line ?? block.line, ...found.failure }));
  }

  return {
    async walk(step, signal) {
      const file = stepFile(lab.slug, step);
      const failures: Failure[] = [];
      for (const block of step.blocks.filter(({ isInHint }) => !isInHint)) {
        if (block.kind === 'run') failures.push(...(await run(file, block, signal)));
        else {
          const script = { name: block.id, source: makeWriteScript([block.file]), timeLimitMs: SAVE_LIMIT_MS };
          const { exitCode, output } = await driver.runAsLearner(id, script, signal);
          const message = `${block.file.path} could not be written.`;
          if (exitCode !== 0) failures.push({ file, line: block.line, message, detail: output });
        }
      }
      for (const place of terminals.values()) {
        // A text says how a shell in a container is left; what watches may go on.
        if (place.kind === 'interactive') await makeFree(place.terminal, signal);
      }
      return failures;
    },
    [Symbol.dispose]() {
      for (const { terminal } of terminals.values()) terminal[Symbol.dispose]();
    },
  };
}

interface Play {
  readonly terminal: WalkTerminal;
  readonly text: string;
  readonly kind: CommandKind;
  /** Typed into a shell within the shell. */
  readonly isInside: boolean;
  /** In a terminal beside the first, where pages put what is to go on. */
  readonly isAside: boolean;
  readonly output: RunBlock['output'];
}

interface Found {
  /** Where it is not that of the block. */
  readonly line?: number;
  readonly failure: Pick<Failure, 'message' | 'detail'>;
}

async function playBlock(play: Play, signal: AbortSignal): Promise<readonly Found[]> {
  const { terminal, output } = play;
  const deadline = performance.now() + AGAIN_LIMIT_MS;
  for (;;) {
    terminal.begin(play.isInside);
    if (!(await terminal.type(play.text, play.isInside, signal))) {
      return [{ failure: { message: 'It cannot be typed: another program has the terminal.' } }];
    }
    const hasEnded = await awaitBlock(play, signal);
    const comparison = compare(play);
    if (comparison.isSame) {
      return hasEnded ? [] : [{ failure: { message: 'It does not end.', detail: lastLines(terminal.printed) } }];
    }
    if (!output?.isAgain || play.kind === 'endless' || performance.now() > deadline) {
      const message = explain(comparison);
      return [{ ...(output && { line: output.line }), failure: { message, detail: lastLines(terminal.printed) } }];
    }
    await terminal.waitFor(() => false, AGAIN_EVERY_MS, signal);
  }
}

/** Waits until nothing more is to be expected; false where it should have ended. */
async function awaitBlock(play: Play, signal: AbortSignal): Promise<boolean> {
  const { terminal, kind, isAside, output } = play;
  const isSeen = () => compare(play).isSame;
  if (kind === 'ends') {
    const isOver = () => terminal.isOver;
    if (!output) {
      const hasEnded = await terminal.waitForRest(isOver, isAside ? OUTPUT_LIMIT_MS : COMMAND_LIMIT_MS, signal);
      return hasEnded || isAside;
    }
    const canGoOn = await terminal.waitForRest(() => terminal.isOver || isSeen(), COMMAND_LIMIT_MS, signal);
    if (!canGoOn || terminal.isOver) return canGoOn;
    await terminal.waitForRest(isOver, GOES_ON_MS, signal);
    return true;
  }
  const limitMs = output?.isAgain ? AGAIN_LIMIT_MS : OUTPUT_LIMIT_MS;
  await terminal.waitForRest(() => terminal.isOver || isSeen(), limitMs, signal, output ? undefined : REST_MS);
  return true;
}

function compare({ terminal, output }: Play): Comparison {
  return output ? compareOutput(output.text, terminal.printed) : { isSame: true };
}

function explain(comparison: Comparison): string {
  if (comparison.isSame) return '';
  const { expected, seen } = comparison;
  const what = seen === undefined ? 'the output ended there' : `there was "${seen}"`;
  return `The page shows "${expected}"; ${what}.`;
}

async function makeFree(terminal: WalkTerminal, signal: AbortSignal): Promise<boolean> {
  for (const keys of ENDING_KEYS) {
    if (terminal.isFree) return true;
    terminal.press(keys);
    await terminal.waitForRest(() => terminal.isFree, KEYS_LIMIT_MS, signal);
  }
  return terminal.isFree;
}

function lastLines(printed: string): string {
  const lines = printed.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-SHOWN_LINES).join('\n');
}
