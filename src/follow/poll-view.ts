/**
 * A poll on a slide: the list of answers becomes something to choose from while the slide is live, with the counts. A
 * slide names its poll by `data-poll` on the list of its answers.
 */
import { type PollResult, type Position, type ShowingMessage } from '../../sandbox-server/protocol/showing.ts';
import { announce } from '../terminal/announcer.ts';
import { button, element } from '../terminal/dom.ts';
import { say, sayRefusal } from './follow-texts.ts';
import { askShowings } from './showing-api.ts';

type OpenPoll = NonNullable<Position['poll']>;

export class PollView {
  readonly #article: HTMLElement;
  readonly #code: string;
  readonly #results = new Map<string, PollResult>();
  #open: OpenPoll | undefined;

  constructor(article: HTMLElement, code: string) {
    this.#article = article;
    this.#code = code;
  }

  take(message: ShowingMessage): void {
    if (message.type === 'state') for (const result of message.polls) this.#results.set(result.id, result);
    if (message.type === 'poll') this.#results.set(message.result.id, message.result);
  }

  /** Draws the poll of the slide that is shown, if it has one; it takes votes where it is open. */
  draw(open: OpenPoll | undefined): void {
    this.#open = open;
    const list = this.#article.querySelector<HTMLElement>('[data-poll]');
    const id = list?.dataset['poll'];
    if (!list || id === undefined) return;
    if (open?.id === id && !list.querySelector('input')) this.#makeForm(list, open);
    const result = this.#results.get(id);
    [...list.children].forEach((item, index) => showCount(item as HTMLElement, result, index));
    for (const input of list.querySelectorAll('input')) input.disabled = open?.id !== id;
    const send = this.#article.querySelector<HTMLButtonElement>('[data-poll-send]');
    if (send) send.hidden = open?.id !== id;
  }

  #makeForm(list: HTMLElement, { id, isMulti }: OpenPoll): void {
    [...list.children].forEach((item, index) => {
      const input = element('input', {
        type: isMulti ? 'checkbox' : 'radio',
        name: `poll-${id}`,
        value: String(index),
      });
      const label = element('label', {}, input, ...item.childNodes);
      item.replaceChildren(label);
    });
    const send = button(say('poll.vote'), () => void this.#vote(list), {
      class: 'button button-main',
      'data-poll-send': true,
    });
    const note = element('p', { class: 'quiet', 'data-poll-note': true });
    list.after(send, note);
  }

  async #vote(list: HTMLElement): Promise<void> {
    const answers = [...list.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => Number(value));
    const { id = '', isMulti = false } = this.#open ?? {};
    if (answers.length === 0 && !isMulti) return this.#tell(say('poll.choose'));
    const answer = await askShowings('POST', `/${this.#code}/poll`, { poll: id, answers });
    this.#tell(answer.ok ? say('poll.voted') : sayRefusal(answer.refusal));
    const send = this.#article.querySelector('[data-poll-send]');
    if (answer.ok && send) send.textContent = say('poll.change');
  }

  #tell(said: string): void {
    const note = this.#article.querySelector('[data-poll-note]');
    if (note) note.textContent = said;
    announce(said);
  }
}

/** A bar and its words; the bar alone would say nothing to who does not see it. */
export function showCount(item: HTMLElement, result: PollResult | undefined, index: number): void {
  const { counts = [], voters = 0 } = result ?? {};
  const count = counts[index] ?? 0;
  item.style.setProperty('--share', voters > 0 ? String(count / voters) : '0');
  const words = item.querySelector('.poll-count') ?? item.appendChild(element('span', { class: 'poll-count' }));
  words.textContent = voters > 0 ? say('poll.result', { count, voters }) : '';
}
