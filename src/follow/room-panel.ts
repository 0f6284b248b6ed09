/** The panel of the room in the presenter's view. */
import type { Question, ShowingMessage, ShowingReply, ShowingSettings } from '../../sandbox-server/protocol/showing.ts';
import { say, sayRefusal } from './follow-texts.ts';
import { actionButton, QuestionList } from './question-list.ts';
import { connectLinks } from './room-links.ts';
import { shortAddress } from './room-sign.ts';
import { askShowings } from './showing-api.ts';
import { recallShowing, rememberShowing } from './showing-memory.ts';
import { ShowingStream } from './showing-stream.ts';

export function openRoomPanel(root: HTMLElement): void {
  new RoomPanel(root);
}

class RoomPanel {
  readonly #root: HTMLElement;
  readonly #deck: string;
  readonly #questions: QuestionList;
  readonly #toggle: HTMLElement | null;
  #code = '';
  #stream: ShowingStream | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#deck = root.dataset['deck'] ?? '';
    this.#toggle = document.querySelector('[data-room-toggle]');
    this.#questions = new QuestionList(this.#part('questions'), (question) => this.#actionsOf(question));
    this.#toggle?.addEventListener('click', () => this.#show(root.hidden !== false));
    // What is typed or pressed here is not for the slides.
    root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#show(false);
      event.stopPropagation();
    });
    this.#on('room-close', () => this.#show(false));
    this.#on('room-begin', () => void this.#begin());
    this.#on('room-end', () => this.#ask(true));
    this.#on('room-end-no', () => this.#ask(false));
    this.#on('room-end-yes', () => void this.#end());
    for (const box of this.#boxes()) box.addEventListener('change', () => void this.#change());
    connectLinks(
      root,
      () => this.#code,
      (said) => this.#note(said),
    );
    const known = recallShowing(this.#deck);
    if (known !== undefined) void this.#resume(known);
  }

  #show(isShown: boolean): void {
    this.#root.hidden = !isShown;
    this.#toggle?.setAttribute('aria-expanded', String(isShown));
    if (isShown) this.#root.querySelector<HTMLElement>('#room-panel-title')?.focus();
    else this.#toggle?.focus();
  }

  async #begin(): Promise<void> {
    const answer = await askShowings<ShowingReply>('POST', '', { deck: this.#deck });
    if (!answer.ok) return this.#note(sayRefusal(answer.refusal));
    rememberShowing(this.#deck, answer.value.code);
    this.#note(say('room.begun'));
    await this.#run(answer.value);
  }

  async #resume(code: string): Promise<void> {
    const answer = await askShowings<ShowingReply>('GET', `/${code}`);
    if (answer.ok && answer.value.role === 'presenter') return this.#run(answer.value);
    if (!answer.ok && answer.refusal.code === 'showing_unknown') rememberShowing(this.#deck, undefined);
  }

  async #run({ code, address, isReachable }: ShowingReply): Promise<void> {
    this.#code = code;
    this.#part('room-before').hidden = true;
    this.#part('room-running').hidden = false;
    this.#part('room-alone').hidden = isReachable;
    this.#part('room-address').textContent = shortAddress(address);
    this.#stream = new ShowingStream(code, {
      onMessage: (message) => this.#take(message),
      onState: (state) => state === 'gone' && this.#stop(),
    });
    const { renderSVG } = await import('uqr');
    const picture = this.#root.querySelector<HTMLImageElement>('[data-room-picture]');
    if (picture === null) return;
    picture.src = `data:image/svg+xml,${encodeURIComponent(renderSVG(address, { border: 2 }))}`;
    picture.alt = say('room.picture', { address: shortAddress(address) });
  }

  #take(message: ShowingMessage): void {
    if (message.type === 'state') {
      this.#questions.reset(message.questions);
      this.#showSettings(message.settings);
    }
    if (message.type === 'question') this.#questions.put(message.question);
    if (message.type === 'settings') this.#showSettings(message.settings);
    if (message.type === 'followers') {
      const { count } = message;
      const said = count === 1 ? say('room.follower1') : say('room.followers', { count });
      this.#part('room-followers').textContent = said;
    }
    const waiting = this.#questions.count('waiting');
    if (this.#toggle)
      this.#toggle.textContent = waiting > 0 ? `${say('room.toggle')} (${waiting})` : say('room.toggle');
  }

  #actionsOf({ id, state }: Question): readonly HTMLElement[] {
    const to = (next: Question['state'], label: string): HTMLElement =>
      actionButton(label, next, () => void this.#moderate(id, next));
    const hide = to('hidden', say('questions.hide'));
    if (state === 'waiting') return [to('shown', say('questions.show')), hide];
    if (state === 'shown') return [to('answered', say('questions.markAnswered')), hide];
    if (state === 'answered') return [to('shown', say('questions.reopen'))];
    return [to('shown', say('questions.show'))];
  }

  async #moderate(id: string, state: Question['state']): Promise<void> {
    const answer = await askShowings('POST', `/${this.#code}/questions/${id}/state`, { state });
    if (!answer.ok) this.#note(sayRefusal(answer.refusal));
  }

  #boxes(): HTMLInputElement[] {
    return [...this.#root.querySelectorAll<HTMLInputElement>('[data-room-setting]')];
  }

  #showSettings(settings: ShowingSettings): void {
    for (const box of this.#boxes()) box.checked = settings[box.name as keyof ShowingSettings];
  }

  async #change(): Promise<void> {
    const settings = Object.fromEntries(this.#boxes().map(({ name, checked }) => [name, checked]));
    const answer = await askShowings('POST', `/${this.#code}/settings`, settings);
    if (!answer.ok) this.#note(sayRefusal(answer.refusal));
  }

  #ask(isAsked: boolean): void {
    this.#part('room-sure').hidden = !isAsked;
    this.#part('room-ending').hidden = isAsked;
    this.#part(isAsked ? 'room-end-no' : 'room-end').focus();
  }

  async #end(): Promise<void> {
    const answer = await askShowings('DELETE', `/${this.#code}`);
    if (!answer.ok && answer.refusal.code !== 'showing_unknown') return this.#note(sayRefusal(answer.refusal));
    this.#stop();
  }

  #stop(): void {
    this.#stream?.close();
    this.#stream = undefined;
    rememberShowing(this.#deck, undefined);
    this.#part('room-sure').hidden = true;
    this.#part('room-ending').hidden = false;
    this.#part('room-link-made').hidden = true;
    this.#part('room-running').hidden = true;
    this.#part('room-before').hidden = false;
    this.#note(say('room.ended'));
    if (!this.#root.hidden) this.#part('room-begin').focus();
  }

  #note(said: string): void {
    this.#part('room-note').textContent = said;
  }

  #part(name: string): HTMLElement {
    const found = this.#root.querySelector<HTMLElement>(`[data-${name}]`);
    if (found === null) throw new Error(`The panel has no [data-${name}].`);
    return found;
  }

  #on(name: string, work: () => void): void {
    this.#part(name).addEventListener('click', work);
  }
}
