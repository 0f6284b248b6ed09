/** The page of somebody in the audience: the slide of the room, those before it, questions and captions. */
import { normaliseCode, type Position, type ShowingMessage } from '../../sandbox-server/protocol/showing.ts';
import { announce } from '../terminal/announcer.ts';
import { CaptionsView } from './captions-view.ts';
import { pageTexts, say } from './follow-texts.ts';
import { fetchDeck, findSlide, type FollowedDeck } from './followed-deck.ts';
import { FollowerQuestions } from './follower-questions.ts';
import { beginning, lastOpen, moveLive, returnToLive, shownSlide, step, type Place } from './place.ts';
import { PollView } from './poll-view.ts';
import { ShowingStream, type StreamState } from './showing-stream.ts';
import { showSlide } from './slide-view.ts';
import { connectTextSize } from './text-size.ts';
import { keepScreenOn } from './wake-lock.ts';

/** The code in the address: `/follow/<code>`, with a language before it or not. */
export function codeInAddress({ pathname }: Pick<Location, 'pathname'>): string {
  const [, after = ''] = pathname.split('/follow/');
  return normaliseCode(decodeURIComponent(after.replace(/\/$/, '')));
}

export function openFollowerPage(root: HTMLElement): void {
  const code = codeInAddress(location);
  if (code === '') return showEntry(root);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-language-switch]')) {
    link.href = `/${link.hreflang}/follow/${code}`;
  }
  connectTextSize(root);
  keepScreenOn();
  new FollowerPage(root, code);
}

function showEntry(root: HTMLElement): void {
  root.dataset['state'] = 'entry';
  const form = root.querySelector<HTMLFormElement>('[data-entry]');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const code = normaliseCode(form.querySelector('input')?.value ?? '');
    if (code !== '') location.assign(`/${pageTexts().language}/follow/${encodeURIComponent(code)}`);
  });
}

class FollowerPage {
  readonly #root: HTMLElement;
  readonly #code: string;
  readonly #parts: readonly { take(message: ShowingMessage): void }[];
  readonly #poll: PollView;
  #deck: FollowedDeck | undefined;
  #place: Place = beginning;
  #position: Position | null = null;
  #sequence = -1;
  #mayLookAhead = false;
  #screen = '';
  #state: StreamState = 'connecting';
  #work: Promise<void> = Promise.resolve();

  constructor(root: HTMLElement, code: string) {
    this.#root = root;
    this.#code = code;
    this.#poll = new PollView(this.#part('article'), code);
    const questions = new FollowerQuestions(this.#part('questions-part'), code);
    this.#parts = [questions, new CaptionsView(this.#part('captions')), this.#poll];
    this.#on('back', () => this.#step(-1));
    this.#on('on', () => this.#step(1));
    this.#on('to-live', () => this.#become(returnToLive(this.#place)));
    new ShowingStream(code, {
      // One after the other: the deck must be there before the first position is looked up in it.
      onMessage: (message) => {
        this.#work = this.#work.then(() => this.#take(message));
      },
      onState: (state) => this.#connected(state),
    });
  }

  async #take(message: ShowingMessage): Promise<void> {
    if (message.type === 'state') {
      this.#deck ??= await fetchDeck(pageTexts().language, message.deck);
      this.#showDeck(message.deck);
      this.#sequence = -1;
      this.#mayLookAhead = message.settings.mayLookAhead;
      this.#move(message.position, message.sequence);
    }
    if (message.type === 'position') this.#move(message.position, message.sequence);
    if (message.type === 'screen') this.#showScreen(message.text);
    if (message.type === 'settings') this.#mayLookAhead = message.settings.mayLookAhead;
    for (const part of this.#parts) part.take(message);
    this.#draw();
  }

  #move(position: Position | null, sequence: number): void {
    if (position === null || sequence < this.#sequence) return;
    this.#sequence = sequence;
    this.#position = position;
    const live = this.#deck ? findSlide(this.#deck, position) : -1;
    const isNew = live !== this.#place.live;
    this.#place = moveLive(this.#place, live);
    if (isNew && this.#place.looking === undefined) this.#announce(live);
  }

  #announce(index: number): void {
    const title = this.#deck?.slides[index]?.title ?? '';
    const key = title === '' ? 'follow.announceUntitled' : 'follow.announce';
    if (index >= 0) announce(say(key, { slide: index + 1, title }));
  }

  #step(by: -1 | 1): void {
    const last = lastOpen(this.#place, this.#deck?.slides.length ?? 0, this.#mayLookAhead);
    this.#become(step(this.#place, by, last));
  }

  #become(place: Place): void {
    this.#place = place;
    this.#draw();
    this.#announce(shownSlide(place));
  }

  #draw(): void {
    const { looking, live } = this.#place;
    const index = shownSlide(this.#place);
    const slide = this.#deck?.slides[index];
    const isFollowing = looking === undefined;
    const said = this.#whyNoSlide(isFollowing, slide !== undefined);
    this.#say('instead', said ?? '');
    this.#part('article').hidden = said !== undefined;
    this.#part('screen').hidden = !isFollowing || said !== undefined || this.#screen === '';
    if (slide && said === undefined) {
      // What lies behind the room is complete; ahead of it nothing is hidden from who may look.
      showSlide(this.#part('article'), slide, isFollowing ? this.#position?.fragment : undefined);
      this.#poll.draw(isFollowing ? this.#position?.poll : undefined);
    }
    const count = this.#deck?.slides.length ?? 0;
    const values = { slide: index + 1, live: live + 1, count };
    this.#say('position', index < 0 ? '' : say(isFollowing ? 'follow.position' : 'follow.looking', values));
    const last = lastOpen(this.#place, count, this.#mayLookAhead);
    this.#button('back').disabled = index <= 0;
    this.#button('on').disabled = index >= last;
    this.#button('to-live').hidden = isFollowing;
  }

  #whyNoSlide(isFollowing: boolean, hasSlide: boolean): string | undefined {
    if (this.#position === null) return say('follow.notBegun');
    if (isFollowing && this.#position.isBlank) return say('follow.blank');
    return hasSlide ? undefined : say('follow.onScreenOnly');
  }

  /** Not read out by itself: a terminal changes with every key. */
  #showScreen(text: string): void {
    this.#say('screen-text', text);
    this.#screen = text;
  }

  #showDeck(slug: string): void {
    const { language } = pageTexts();
    const deck = this.#deck;
    this.#say('title', deck?.title ?? '');
    for (const link of this.#root.querySelectorAll<HTMLAnchorElement>('[data-deck-link]')) {
      link.href = `/${language}/decks/${slug}/`;
    }
    const isOther = deck !== undefined && deck.language !== language;
    this.#say('language', isOther ? say(`follow.inOther.${deck.language}`) : '');
    for (const name of ['article', 'title']) this.#part(name).lang = deck?.language ?? language;
  }

  #connected(state: StreamState): void {
    const before = this.#state;
    this.#state = state;
    this.#root.dataset['state'] = state;
    const words = {
      connecting: 'follow.connecting',
      live: 'follow.live',
      lost: 'follow.lost',
      gone: 'follow.gone',
    } as const;
    this.#say('connection', say(words[state]));
    this.#say('gone-text', say('follow.goneText', { code: this.#code }));
    // The first "live" is no news; that it is back is.
    if (state === 'lost' || state === 'gone' || before === 'lost') announce(say(words[state]));
  }

  #part(name: string): HTMLElement {
    const found = this.#root.querySelector<HTMLElement>(`[data-${name}]`);
    if (found === null) throw new Error(`The page has no [data-${name}].`);
    return found;
  }

  #button(name: string): HTMLButtonElement {
    return this.#part(name) as HTMLButtonElement;
  }

  #say(name: string, said: string): void {
    const part = this.#part(name);
    if (part.textContent !== said) part.textContent = said;
    part.toggleAttribute('data-empty', said === '');
  }

  #on(name: string, work: () => void): void {
    this.#part(name).addEventListener('click', work);
  }
}
