/** The questions of the audience, as followers and as the presenter see them. */
import type { Question } from '../../sandbox-server/protocol/showing.ts';
import { button, element } from '../terminal/dom.ts';
import { say } from './follow-texts.ts';

export type QuestionActions = (question: Question) => readonly HTMLElement[];

/** Those that wait first, answered ones last; among equals the most votes. */
const ORDER = ['waiting', 'shown', 'answered', 'hidden'] as const;

export class QuestionList {
  readonly #host: HTMLElement;
  readonly #actionsOf: QuestionActions;
  #questions = new Map<string, Question>();

  constructor(host: HTMLElement, actionsOf: QuestionActions) {
    this.#host = host;
    this.#actionsOf = actionsOf;
  }

  reset(questions: readonly Question[]): void {
    this.#questions = new Map(questions.map((question) => [question.id, question]));
    this.draw();
  }

  put(question: Question): void {
    this.#questions.set(question.id, question);
    this.draw();
  }

  remove(id: string): void {
    this.#questions.delete(id);
    this.draw();
  }

  count(state: Question['state']): number {
    return [...this.#questions.values()].filter((question) => question.state === state).length;
  }

  /** Whoever has the focus in the list keeps it, on the same action of the same question. */
  draw(): void {
    const focused = document.activeElement?.closest<HTMLElement>('[data-action]');
    const row = focused?.closest<HTMLElement>('[data-question]')?.dataset['question'];
    const action = focused?.dataset['action'];
    const sorted = [...this.#questions.values()].toSorted(
      (one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || other.votes - one.votes,
    );
    const rows = sorted.map((question) => makeRow(question, this.#actionsOf(question)));
    this.#host.replaceChildren(
      ...(rows.length > 0 ? rows : [element('li', { class: 'quiet' }, say('questions.none'))]),
    );
    if (row === undefined) return;
    const again = this.#host.querySelector<HTMLElement>(`[data-question="${row}"]`);
    (again?.querySelector<HTMLElement>(`[data-action="${action}"]`) ?? again?.querySelector('button'))?.focus();
  }
}

function makeRow(question: Question, actions: readonly HTMLElement[]): HTMLElement {
  const { id, text, votes, state } = question;
  const marks = {
    waiting: say('questions.waiting'),
    answered: say('questions.answered'),
    hidden: say('questions.hidden'),
  };
  const facts = [state === 'shown' ? undefined : marks[state], votes > 0 ? sayVotes(votes) : undefined];
  return element(
    'li',
    { class: 'question', 'data-question': id, 'data-state': state },
    element('p', { class: 'question-text', dir: 'auto' }, text),
    element('p', { class: 'question-foot' }, element('span', { class: 'quiet' }, said(facts)), ...actions),
  );
}

function said(facts: readonly (string | undefined)[]): string {
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

function sayVotes(count: number): string {
  return count === 1 ? say('questions.vote1') : say('questions.votes', { count });
}

/** A button of a question; the name of its action finds it again when the list is drawn anew. */
export function actionButton(label: string, action: string, onPress: () => void): HTMLButtonElement {
  return button(label, onPress, { class: 'button', 'data-action': action });
}
