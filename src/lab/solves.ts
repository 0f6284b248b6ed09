/** "Show me": a step that is done for the learner, and the line that says how that goes. */
import { announce } from '../terminal/announcer.ts';
import { askInDialog } from '../terminal/dialog.ts';
import { button, element } from '../terminal/dom.ts';
import { errorText, text } from '../terminal/page-texts.ts';
import type { SandboxSession } from '../terminal/sandbox-session.ts';
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';

export interface SolvesOptions {
  readonly root: HTMLElement;
  /** Where it is said how it goes, in sight at every step. */
  readonly line: HTMLElement;
  readonly session: SandboxSession;
}

export interface Solves {
  /** Offers to do these steps, by number. */
  offer(solvable: readonly number[]): void;
}

export function createSolves({ root, line, session }: SolvesOptions): Solves {
  const progress = new SolveLine(line, session);
  const isDone = (step: number, done: readonly string[]): boolean => {
    const section = root.querySelectorAll<HTMLElement>('.lab-step')[step - 1];
    const checks = [...(section?.querySelectorAll<HTMLElement>('[data-check]') ?? [])];
    return checks.every(({ dataset }) => done.includes(dataset['check'] ?? ''));
  };
  session.subscribe(({ phase }) => {
    if (phase.kind !== 'running') return progress.show(undefined, () => false);
    progress.forget(text('lab.solve.noSandbox'));
    const { solving, checksDone } = phase.sandbox;
    progress.show(solving, (step) => isDone(step, checksDone));
  });
  const ask = (host: HTMLElement, step: number): void => {
    if (session.state.phase.kind !== 'running') return progress.say(text('lab.solve.noSandbox'));
    askInDialog(host, {
      title: text('lab.solve.ask'),
      body: [element('p', {}, text('lab.solve.askText'))],
      choices: [
        { label: text('lab.solve.no'), choose: () => undefined },
        { label: text('lab.solve'), choose: () => void solve(step), isMain: true, action: 'solve-yes' },
      ],
    });
  };
  const solve = async (step: number): Promise<void> => {
    const { phase } = session.state;
    if (phase.kind !== 'running') return progress.say(text('lab.solve.noSandbox'));
    const answer = await session.api.solve(phase.sandbox.id, step);
    if (answer.ok) return;
    const said = errorText(answer.refusal.code, answer.refusal.values);
    if (answer.refusal.code === 'solve_busy') progress.sayBusy(said);
    else progress.say(said);
  };
  return {
    offer(solvable) {
      for (const [index, section] of [...root.querySelectorAll<HTMLElement>('.lab-step')].entries()) {
        if (!solvable.includes(index + 1)) continue;
        const place = element('div', { class: 'step-solve' });
        const open = button(text('lab.solve'), () => ask(place, index + 1), {
          class: 'block-button',
          'data-action': 'solve',
        });
        place.append(open);
        section.append(place);
      }
    },
  };
}

/** What is being done, with a way to end it; or why it could not be done, until that was read. */
class SolveLine {
  readonly #line: HTMLElement;
  readonly #session: SandboxSession;
  #shown: Sandbox['solving'];

  constructor(line: HTMLElement, session: SandboxSession) {
    this.#line = line;
    this.#session = session;
  }

  /** `isDone` tells whether a step is done, by its checks: one that was cancelled is not. */
  show(solving: Sandbox['solving'], isDone: (step: number) => boolean): void {
    const before = this.#shown;
    if (JSON.stringify(solving) === JSON.stringify(before)) return;
    this.#shown = solving;
    if (solving === undefined) {
      const isGood = before !== undefined && before.code === undefined && isDone(before.last);
      return isGood ? this.say(text('lab.solve.done')) : this.#clear();
    }
    if (solving.code !== undefined) {
      const close = button(text('lab.solve.close'), () => void this.#cancel(), { class: 'button' });
      return this.#fill(errorText(solving.code), close);
    }
    this.sayBusy(text('lab.solve.doing', { step: solving.step }));
  }

  /** Something of what is being done, which can be ended. */
  sayBusy(said: string): void {
    this.#fill(
      said,
      button(text('lab.solve.cancel'), () => void this.#cancel(), { class: 'button' }),
    );
  }

  /** Something that stays until it was read. */
  say(said: string): void {
    this.#fill(
      said,
      button(text('lab.solve.close'), () => this.#clear(), { class: 'button' }),
    );
  }

  /** Takes this back, if it is still what is said. */
  forget(said: string): void {
    if (this.#line.querySelector('p')?.textContent === said) this.#clear();
  }

  #fill(said: string, control: HTMLElement): void {
    const hadFocus = this.#line.contains(document.activeElement);
    this.#line.replaceChildren(element('p', {}, said), control);
    this.#line.hidden = false;
    if (hadFocus) control.focus();
    announce(said);
  }

  #clear(): void {
    const hadFocus = this.#line.contains(document.activeElement);
    this.#line.replaceChildren();
    this.#line.hidden = true;
    if (hadFocus) document.querySelector<HTMLElement>('.lab-step[data-current] .step-title')?.focus();
  }

  async #cancel(): Promise<void> {
    const { phase } = this.#session.state;
    if (phase.kind === 'running') await this.#session.api.cancelSolve(phase.sandbox.id);
  }
}
