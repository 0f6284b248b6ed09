/** Asking and voting, as a follower does. */
import type { Question, ShowingMessage, ShowingSettings } from '../../sandbox-server/protocol/showing.ts';
import { announce } from '../terminal/announcer.ts';
import { say, sayRefusal } from './follow-texts.ts';
import { actionButton, QuestionList } from './question-list.ts';
import { askShowings } from './showing-api.ts';

export class FollowerQuestions {
  readonly #code: string;
  readonly #root: HTMLElement;
  readonly #list: QuestionList;
  readonly #voted: Set<string>;
  #settings: ShowingSettings | undefined;

  constructor(root: HTMLElement, code: string) {
    this.#code = code;
    this.#root = root;
    this.#voted = new Set(JSON.parse(sessionStorage.getItem(this.#votedKey) ?? '[]') as string[]);
    this.#list = new QuestionList(root.querySelector<HTMLElement>('[data-questions]')!, (question) =>
      this.#actionsOf(question),
    );
    root.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#ask();
    });
  }

  take(message: ShowingMessage): void {
    if (message.type === 'state') {
      this.#list.reset(message.questions);
      this.#take(message.settings);
    }
    if (message.type === 'settings') this.#take(message.settings);
    if (message.type === 'question') this.#list.put(message.question);
    if (message.type === 'question-gone') this.#list.remove(message.id);
  }

  get #votedKey(): string {
    return `podium-voted ${this.#code}`;
  }

  #take(settings: ShowingSettings): void {
    this.#settings = settings;
    const form = this.#root.querySelector('form');
    const closed = this.#root.querySelector<HTMLElement>('[data-questions-closed]');
    if (form) form.hidden = !settings.takesQuestions;
    if (closed) closed.hidden = settings.takesQuestions;
  }

  #actionsOf({ id, state }: Question): readonly HTMLElement[] {
    if (state !== 'shown') return [];
    const isVoted = this.#voted.has(id);
    const vote = actionButton(
      isVoted ? say('questions.voted') : say('questions.vote'),
      'vote',
      () => void this.#vote(id),
    );
    vote.setAttribute('aria-pressed', String(isVoted));
    return [vote];
  }

  async #vote(id: string): Promise<void> {
    if (this.#voted.has(id)) return;
    const answer = await askShowings('POST', `/${this.#code}/questions/${id}/votes`, {});
    if (!answer.ok) return this.#tell(sayRefusal(answer.refusal));
    this.#voted.add(id);
    sessionStorage.setItem(this.#votedKey, JSON.stringify([...this.#voted]));
    this.#list.draw();
  }

  async #ask(): Promise<void> {
    const field = this.#root.querySelector('textarea');
    // One line: who writes on a phone presses Enter without meaning much by it.
    const text = field?.value.replaceAll(/\s+/g, ' ').trim() ?? '';
    if (field === null || text === '') return field?.focus();
    const answer = await askShowings('POST', `/${this.#code}/questions`, { text });
    if (!answer.ok) return this.#tell(sayRefusal(answer.refusal));
    field.value = '';
    this.#tell(say(this.#settings?.isModerated ? 'questions.sentWaiting' : 'questions.sent'));
  }

  #tell(said: string): void {
    const note = this.#root.querySelector('[data-question-note]');
    if (note) note.textContent = said;
    announce(said);
  }
}
