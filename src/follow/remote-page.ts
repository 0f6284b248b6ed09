/** A phone as remote: next, back, the notes of the slide, and how long one has talked. */
import type { Command, ShowingMessage, ShowingReply } from '../../sandbox-server/protocol/showing.ts';
import { pageTexts, say, sayRefusal } from './follow-texts.ts';
import { fetchDeck, findSlide, type FollowedDeck } from './followed-deck.ts';
import { takeUpKey } from './key-link.ts';
import { askShowings } from './showing-api.ts';
import { ShowingStream, type StreamState } from './showing-stream.ts';
import { keepScreenOn } from './wake-lock.ts';

const TICK_MS = 1_000;

export async function openRemotePage(root: HTMLElement): Promise<void> {
  const answer = await takeUpKey();
  const isLetIn = answer.ok && (answer.value.role === 'remote' || answer.value.role === 'presenter');
  root.dataset['state'] = isLetIn ? 'connecting' : 'refused';
  if (!isLetIn) return;
  const deck = await fetchDeck(pageTexts().language, answer.value.deck);
  keepScreenOn();
  new RemotePage(root, answer.value, deck);
}

class RemotePage {
  readonly #root: HTMLElement;
  readonly #code: string;
  readonly #deck: FollowedDeck | undefined;
  #startedAt = Date.now();

  constructor(root: HTMLElement, { code }: ShowingReply, deck: FollowedDeck | undefined) {
    this.#root = root;
    this.#code = code;
    this.#deck = deck;
    for (const press of root.querySelectorAll<HTMLElement>('[data-command]')) {
      press.addEventListener('click', () => void this.#command(press.dataset['command'] as Command));
    }
    setInterval(() => this.#tick(), TICK_MS);
    new ShowingStream(code, {
      onMessage: (message) => this.#take(message),
      onState: (state) => this.#connected(state),
    });
  }

  async #command(command: Command): Promise<void> {
    const answer = await askShowings('POST', `/${this.#code}/commands`, { command });
    this.#say('note', answer.ok ? '' : sayRefusal(answer.refusal));
  }

  #take(message: ShowingMessage): void {
    if (message.type === 'state') {
      this.#startedAt = Date.parse(message.startedAt);
      this.#tick();
    }
    if ((message.type !== 'state' && message.type !== 'position') || message.position === null || !this.#deck) return;
    const { slides } = this.#deck;
    const index = findSlide(this.#deck, message.position);
    const slide = slides[index];
    const next = slides[index + 1];
    const untitled = (at: number): string => say('follow.announceUntitled', { slide: at + 1 });
    this.#say('title', slide?.title || untitled(index));
    this.#say('position', say('follow.position', { slide: index + 1, count: slides.length }));
    this.#say(
      'next-title',
      next ? say('remote.next', { title: next.title || untitled(index + 1) }) : say('remote.last'),
    );
    const notes = this.#root.querySelector<HTMLElement>('[data-notes]');
    if (notes === null) return;
    notes.lang = this.#deck.language;
    if (slide?.notes) notes.innerHTML = slide.notes;
    else notes.textContent = say('remote.noNotes');
  }

  #tick(): void {
    const seconds = Math.max(0, Math.floor((Date.now() - this.#startedAt) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const parts = hours > 0 ? [hours, String(minutes).padStart(2, '0')] : [minutes];
    this.#say('time', [...parts, String(seconds % 60).padStart(2, '0')].join(':'));
  }

  #connected(state: StreamState): void {
    this.#root.dataset['state'] = state === 'gone' ? 'refused' : state;
    const words = {
      connecting: 'follow.connecting',
      live: 'follow.live',
      lost: 'follow.lost',
      gone: 'follow.gone',
    } as const;
    this.#say('connection', say(words[state]));
  }

  #say(name: string, said: string): void {
    const part = this.#root.querySelector(`[data-${name}]`);
    if (part && part.textContent !== said) part.textContent = said;
  }
}
