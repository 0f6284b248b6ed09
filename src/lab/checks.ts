/** The check line at the end of a step: hollow, then filled, with a word and with what is missing. */
import { announce } from '../terminal/announcer.ts';
import { button, element } from '../terminal/dom.ts';
import { errorText, fillIn, text, type PageTextKey } from '../terminal/page-texts.ts';
import type { SandboxSession } from '../terminal/sandbox-session.ts';
import type { CheckResult } from '../../sandbox-server/protocol/sandbox.ts';

type CheckLineState = 'open' | 'running' | 'missing' | 'done';

const words: Readonly<Record<CheckLineState, PageTextKey>> = {
  open: 'lab.check.open',
  running: 'lab.check.running',
  missing: 'lab.check.missing',
  done: 'lab.check.done',
};

export interface ChecksOptions {
  readonly root: HTMLElement;
  readonly session: SandboxSession;
  /** The lab's messages in the page's language, by id. */
  readonly messages: Readonly<Record<string, string>>;
  readonly onDone: (check: string) => void;
}

export interface Checks {
  /** Says it of those that have become so by themselves while somebody had them in sight. */
  showDone(done: ReadonlySet<string>, inSight: ReadonlySet<string>): void;
  /** As if none had been tried. */
  reset(): void;
}

export function createChecks(options: ChecksOptions): Checks {
  const places = [...options.root.querySelectorAll<HTMLElement>('[data-check]')];
  const lines = places.map((place) => new CheckLine(place, options));
  options.session.subscribe(({ phase }) => {
    if (phase.kind === 'running') for (const line of lines) line.onSandbox();
  });
  return {
    showDone(done, inSight) {
      for (const line of lines) if (done.has(line.name)) line.turnDone(inSight.has(line.name));
    },
    reset() {
      for (const line of lines) line.show('open', '');
    },
  };
}

class CheckLine {
  readonly name: string;
  readonly #place: HTMLElement;
  readonly #options: ChecksOptions;
  readonly #word = element('strong', { class: 'check-word' });
  readonly #message = element('span', { class: 'check-message' });
  readonly #button: HTMLButtonElement;

  constructor(place: HTMLElement, options: ChecksOptions) {
    this.name = place.dataset['check'] ?? '';
    this.#place = place;
    this.#options = options;
    this.#button = button(text('lab.check'), () => void this.#check(), { class: 'button' });
    const mark = element('span', { class: 'check-mark', 'aria-hidden': 'true' });
    place.replaceChildren(mark, element('p', { class: 'check-text' }, this.#word, ' ', this.#message), this.#button);
    this.show('open', '');
  }

  show(state: CheckLineState, message: string): void {
    this.#place.dataset['state'] = state;
    this.#word.textContent = text(words[state]);
    this.#message.textContent = message;
    this.#button.textContent = text(state === 'missing' || state === 'done' ? 'lab.check.again' : 'lab.check');
    this.#button.setAttribute('aria-disabled', String(state === 'running'));
  }

  /** There is a sandbox now: that there was none is no news any more. */
  onSandbox(): void {
    if (this.#message.textContent === text('lab.check.noSandbox')) this.show('open', '');
  }

  /** A click that is under way says by its own answer how it ended. */
  turnDone(isInSight: boolean): void {
    const { state } = this.#place.dataset;
    this.show('done', '');
    if (!isInSight || state === 'done' || state === 'running') return;
    const title = this.#place.closest('.lab-step')?.querySelector('.step-title')?.textContent ?? '';
    announce(`${text(words.done)}. ${title}`.trim());
  }

  async #check(): Promise<void> {
    if (this.#place.dataset['state'] === 'running') return;
    const { session, onDone } = this.#options;
    const { phase } = session.state;
    if (phase.kind !== 'running') return this.#say('missing', text('lab.check.noSandbox'));
    this.show('running', '');
    const answer = await session.api.check(phase.sandbox.id, this.name);
    if (!answer.ok) return this.#say('missing', errorText(answer.refusal.code, answer.refusal.values));
    if (!answer.value.done) return this.#say('missing', this.#sentence(answer.value));
    this.#say('done', '');
    onDone(this.name);
  }

  #sentence({ message, values }: CheckResult): string {
    const template = message === undefined ? undefined : this.#options.messages[message];
    return template === undefined ? text('lab.check.unknown') : fillIn(template, values ?? {});
  }

  #say(state: 'missing' | 'done', message: string): void {
    this.show(state, message);
    announce(`${text(words[state])}. ${message}`.trim());
  }
}
