/**
 * The questions of the steps. A quiz is answered until it is right, or given up; a prediction is made, tried out, and then
 * compared. The server judges: the page does not know what is right before.
 */
import { announce } from '../terminal/announcer.ts';
import { button, element } from '../terminal/dom.ts';
import { errorText, pageTexts, text } from '../terminal/page-texts.ts';
import type { SandboxApi } from '../terminal/sandbox-api.ts';
import { holdOutputs } from './held-outputs.ts';
import type { AnswerResult, LabProgress } from '../../sandbox-server/protocol/requests.ts';

export interface QuestionsOptions {
  readonly lab: string;
  readonly api: Pick<SandboxApi, 'answer'>;
}

export interface Questions {
  /** Shows what was answered before, in this browser or another one, as if it had just been. */
  restore(given: LabProgress['answers']): void;
}

export function startQuestions(root: HTMLElement, options: QuestionsOptions): Questions {
  const found = [...root.querySelectorAll<HTMLFormElement>('.question')];
  const forms = new Map(found.map((form) => [form.dataset['question'] ?? '', new QuestionForm(form, options)]));
  for (const form of forms.values()) form.show();
  return {
    restore(given) {
      for (const { question, answers } of given) void forms.get(question)?.restore(answers);
    },
  };
}

class QuestionForm {
  readonly #form: HTMLFormElement;
  readonly #options: QuestionsOptions;
  readonly #isPrediction: boolean;
  readonly #said = element('div', { class: 'question-said' });
  readonly #choices = element('div', { class: 'question-choices' });
  /** Shows what is kept back until the prediction is made. */
  readonly #release: () => void;
  /** An answer is being judged. */
  #isBusy = false;
  /** What is shown is no news: it is not announced. */
  #isQuiet = false;

  constructor(form: HTMLFormElement, options: QuestionsOptions) {
    this.#form = form;
    this.#options = options;
    this.#isPrediction = form.dataset['kind'] === 'predict';
    this.#release = this.#isPrediction ? holdOutputs(form) : () => undefined;
  }

  show(): void {
    const kind = text(this.#isPrediction ? 'lab.predict' : 'lab.quiz');
    this.#form.prepend(element('p', { class: 'question-kind' }, kind));
    this.#form.append(this.#said, this.#choices);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#onAnswer();
    });
    this.#offer(text(this.#isPrediction ? 'lab.predict.hold' : 'lab.quiz.answer'));
  }

  /** Unless somebody answers right now. */
  async restore(answers: readonly number[]): Promise<void> {
    if (this.#isBusy || this.#chosen.length > 0) return;
    for (const input of this.#inputs) input.checked = answers.includes(Number(input.value));
    this.#isQuiet = true;
    await this.#judge(answers);
    this.#isQuiet = false;
  }

  get #chosen(): readonly number[] {
    return this.#inputs.filter(({ checked }) => checked).map(({ value }) => Number(value));
  }

  get #inputs(): readonly HTMLInputElement[] {
    return [...this.#form.querySelectorAll<HTMLInputElement>('.answer input')];
  }

  /** The buttons under the answers; the first sends the form, as Enter does. */
  #offer(first: string, ...more: readonly HTMLElement[]): void {
    const send = element('button', { class: 'button', type: 'submit' }, first);
    this.#replaceChoices(send, ...more);
  }

  #onAnswer(): void {
    if (this.#chosen.length === 0) return this.#say(text('lab.quiz.none'));
    if (!this.#isPrediction) return void this.#judge(this.#chosen);
    const chosen = this.#chosen;
    this.#release();
    this.#say(text('lab.predict.held'));
    const compare = button(text('lab.predict.compare'), () => void this.#judge(chosen), { class: 'button' });
    for (const input of this.#inputs) input.disabled = true;
    this.#replaceChoices(compare);
  }

  async #judge(answers: readonly number[]): Promise<void> {
    const { api, lab } = this.#options;
    const order = { answers: [...answers], language: pageTexts().language };
    if (this.#isBusy) return;
    this.#isBusy = true;
    const answer = await api.answer(lab, this.#form.dataset['question'] ?? '', order);
    this.#isBusy = false;
    if (!answer.ok) return this.#say(errorText(answer.refusal.code, answer.refusal.values));
    if (answer.value.explanation === undefined) return this.#onWrong();
    this.#onKnown(answer.value, answers.length === 0);
  }

  #onWrong(): void {
    this.#say(text('lab.quiz.wrong'));
    const giveUp = button(text('lab.quiz.giveUp'), () => void this.#judge([]), { class: 'button' });
    this.#offer(text('lab.quiz.answer'), giveUp);
  }

  #onKnown({ isRight, right = [], explanation = [], language }: AnswerResult, isGivenUp: boolean): void {
    for (const input of this.#inputs) {
      input.disabled = true;
      const isMarked = right.includes(Number(input.value));
      const label = input.closest('label');
      label?.toggleAttribute('data-right', isMarked);
      if (isMarked) label?.append(element('span', { class: 'answer-mark' }, text('lab.quiz.rightAnswer')));
    }
    const [good, bad] = this.#isPrediction
      ? (['lab.predict.right', 'lab.predict.wrong'] as const)
      : (['lab.quiz.right', 'lab.quiz.shown'] as const);
    this.#form.dataset['state'] = isRight && !isGivenUp ? 'right' : 'known';
    this.#say(text(isRight ? good : bad), explanation, language);
    this.#replaceChoices();
  }

  /** The focus stays among the buttons, or goes to what was said where none is left. */
  #replaceChoices(...choices: readonly HTMLElement[]): void {
    const hadFocus = this.#choices.contains(document.activeElement);
    this.#choices.replaceChildren(...choices);
    if (hadFocus) (choices[0] ?? this.#said.querySelector<HTMLElement>('.question-verdict'))?.focus();
  }

  #say(verdict: string, explanation: readonly string[] = [], language?: string): void {
    const paragraphs = explanation.map((each) => element('p', { lang: language }, ...withCode(each)));
    this.#said.replaceChildren(element('p', { class: 'question-verdict', tabindex: '-1' }, verdict), ...paragraphs);
    if (!this.#isQuiet) announce([verdict, ...explanation].join(' ').replaceAll('`', ''));
  }
}

/** A paragraph with what stands between backticks as code. */
export function withCode(paragraph: string): readonly (Node | string)[] {
  return paragraph.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));
}
