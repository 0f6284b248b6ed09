/** One step at a time: the address, the dots, Back and Next follow one another. */
import { text } from '../terminal/page-texts.ts';

export interface Steps {
  /** The number of the step that is shown, from 1. */
  readonly current: number;
  /** Marks the dots of the steps whose checks are all done, and puts weight on Next when this one's are. */
  showDone(done: ReadonlySet<string>): void;
}

export interface StepsOptions {
  readonly root: HTMLElement;
  readonly first: number;
  readonly onShow: (step: number) => void;
}

export function createSteps({ root, first, onShow }: StepsOptions): Steps {
  const pages = new StepPages(root);
  const show = (step: number, isMoved: boolean): void => {
    pages.show(step);
    if (isMoved) pages.moveToTop();
    onShow(pages.current);
  };
  addEventListener('hashchange', () => {
    const step = pages.stepOfHash();
    if (step !== null && step !== pages.current) show(step, true);
  });
  document.addEventListener('keydown', (key) => {
    const step = stepByKey(key, pages.current);
    /* What is typed in the terminal is the shell's. */
    const isShells = key.target instanceof Element && key.target.closest('podium-terminal') !== null;
    if (step === null || isShells || !pages.has(step)) return;
    key.preventDefault();
    location.hash = `#step-${step}`;
  });
  show(pages.stepOfHash() ?? first, false);
  return pages;
}

/** Alt with Page Down or Page Up, which neither browsers nor screen readers take. */
export function stepByKey(
  { key, altKey, ctrlKey }: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey'>,
  current: number,
): number | null {
  if (!altKey || ctrlKey) return null;
  if (key === 'PageDown') return current + 1;
  return key === 'PageUp' ? current - 1 : null;
}

class StepPages implements Steps {
  current = 1;
  readonly #sections: readonly HTMLElement[];
  readonly #dots: readonly HTMLAnchorElement[];
  readonly #back: HTMLAnchorElement | null;
  readonly #next: HTMLAnchorElement | null;
  readonly #finish: HTMLAnchorElement | null;
  readonly #scroller: HTMLElement | null;
  #done: ReadonlySet<string> = new Set();

  constructor(root: HTMLElement) {
    this.#sections = [...root.querySelectorAll<HTMLElement>('.lab-step')];
    this.#dots = [...root.querySelectorAll<HTMLAnchorElement>('.step-dot')];
    this.#back = root.querySelector('[data-go="back"]');
    this.#next = root.querySelector('[data-go="next"]');
    this.#finish = root.querySelector('[data-go="finish"]');
    this.#scroller = root.querySelector('.lab-scroll');
  }

  has(step: number): boolean {
    return step >= 1 && step <= this.#sections.length;
  }

  /** The step that the address names, or that holds the heading it names. */
  stepOfHash(): number | null {
    const target = location.hash === '' ? null : document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const section = target?.closest<HTMLElement>('.lab-step');
    return section ? this.#sections.indexOf(section) + 1 : null;
  }

  show(step: number): void {
    this.current = Math.min(Math.max(step, 1), this.#sections.length);
    for (const [index, section] of this.#sections.entries()) {
      section.toggleAttribute('data-current', index + 1 === this.current);
    }
    for (const [index, dot] of this.#dots.entries()) {
      if (index + 1 === this.current) dot.setAttribute('aria-current', 'step');
      else dot.removeAttribute('aria-current');
    }
    const isLast = this.current === this.#sections.length;
    setTarget(this.#back, this.current === 1 ? null : this.current - 1);
    setTarget(this.#next, isLast ? null : this.current + 1);
    if (this.#finish !== null) this.#finish.hidden = !isLast;
    this.showDone(this.#done);
  }

  /** A new step begins at its title, for eyes and for screen readers alike. */
  moveToTop(): void {
    this.#scroller?.scrollTo({ top: 0 });
    this.#sections[this.current - 1]?.querySelector<HTMLElement>('.step-title')?.focus({ preventScroll: true });
  }

  showDone(done: ReadonlySet<string>): void {
    this.#done = done;
    const states = this.#sections.map((section) => isStepDone(section, done));
    for (const [index, section] of this.#sections.entries()) {
      const hasCheck = section.querySelector('[data-check]') !== null;
      /* A step that is only read is behind its reader as soon as one after it is done. */
      const isDone = hasCheck ? states[index] === true : states.includes(true, index + 1);
      const dot = this.#dots[index];
      dot?.toggleAttribute('data-done', isDone);
      const state = dot?.querySelector('.dot-state');
      if (state) state.textContent = isDone ? `, ${text('lab.step.done')}` : '';
      if (index + 1 !== this.current) continue;
      this.#next?.classList.toggle('button-main', isDone || !hasCheck);
      this.#finish?.classList.toggle('button-main', isDone || !hasCheck);
    }
  }
}

function isStepDone(section: HTMLElement, done: ReadonlySet<string>): boolean {
  const checks = [...section.querySelectorAll<HTMLElement>('[data-check]')];
  return checks.length > 0 && checks.every((check) => done.has(check.dataset['check'] ?? ''));
}

function setTarget(link: HTMLAnchorElement | null, step: number | null): void {
  if (link === null) return;
  link.toggleAttribute('data-off', step === null);
  // What is off is not shown; it keeps its last target, since a crawler takes a link without one for a mistake.
  if (step !== null) link.href = `#step-${step}`;
}
