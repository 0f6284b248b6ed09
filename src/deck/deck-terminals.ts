/**
 * Terminals of slides: typed to by a key, made ready before their slide is reached, left by a clicker's keys, and drawn
 * on whole pixels. The element itself is loaded by pages that have one.
 */
import type { RevealApi } from 'reveal.js';
import type { PodiumTerminal } from '../terminal/podium-terminal.ts';
import type { DeckChannel } from './deck-channel.ts';

/** How many slides before its own a terminal is made ready: a minute or two of talk, a start takes seconds. */
const SLIDES_AHEAD = 3;
/** What a shell takes for Enter. */
const ENTER = '\r';
const PROMPT = /^\$ /;
const NEXT_COMMAND = 'nextCommand';

const terminalOf = (slide: Element | null): PodiumTerminal | null =>
  slide?.querySelector<PodiumTerminal>('podium-terminal') ?? null;

export function connectTerminals(deck: RevealApi, channel: DeckChannel, slides: readonly HTMLElement[]): void {
  const withTerminal = slides.filter((slide) => terminalOf(slide) !== null);
  if (withTerminal.length === 0) return;
  for (const slide of withTerminal) addHint(slide);
  document.addEventListener('keydown', (press) => passClickerKeys(deck, press), { capture: true });
  makeReadyInTime(deck, channel, slides);
  const snap = (): void => snapToPixels(deck.getCurrentSlide(), deck.getScale());
  const snapSoon = (): number => requestAnimationFrame(snap);
  for (const event of ['slidechanged', 'resize']) deck.on(event, snapSoon);
  addEventListener('resize', snapSoon);
  for (const slide of withTerminal) terminalOf(slide)?.addEventListener('podium-connection', snapSoon);
}

/** The commands of a slide: what its example types after `$`. */
function commandsOf(slide: Element): string[] {
  return [...slide.querySelectorAll('.terminal-still b')].map(({ textContent }) => textContent.replace(PROMPT, ''));
}

/** Types the slide's next command and runs it; without a shell or another command nothing. */
export function typeNextCommand(slide: HTMLElement | null): void {
  if (slide === null) return;
  const next = Number(slide.dataset[NEXT_COMMAND] ?? 0);
  const command = commandsOf(slide)[next];
  if (command === undefined || !terminalOf(slide)?.type(command + ENTER)) return;
  slide.dataset[NEXT_COMMAND] = String(next + 1);
  showHint(slide);
}

/** The line that says which command the key types. */
function addHint(slide: HTMLElement): void {
  const template = document.querySelector<HTMLTemplateElement>('#deck-type-hint');
  const hint = template?.content.firstElementChild?.cloneNode(true);
  if (hint === undefined || commandsOf(slide).length === 0) return;
  terminalOf(slide)?.before(hint);
  hint.addEventListener('click', () => typeNextCommand(slide));
  showHint(slide);
}

function showHint(slide: HTMLElement): void {
  const hint = slide.querySelector<HTMLElement>('.type-hint');
  const command = commandsOf(slide)[Number(slide.dataset[NEXT_COMMAND] ?? 0)];
  if (hint === null) return;
  hint.toggleAttribute('data-done', command === undefined);
  const code = hint.querySelector('code');
  if (code !== null) code.textContent = command ?? '';
}

/** A clicker's keys move the deck also while the shell has the focus; no shell misses them more than a talk does. */
function passClickerKeys(deck: RevealApi, press: KeyboardEvent): void {
  const isClicker = press.key === 'PageDown' || press.key === 'PageUp';
  const hasModifier = press.ctrlKey || press.altKey || press.metaKey || press.shiftKey;
  const isInShell = press.target instanceof Element && press.target.closest('podium-terminal .terminal-host') !== null;
  if (!isClicker || hasModifier || !isInShell) return;
  press.preventDefault();
  press.stopImmediatePropagation();
  if (press.key === 'PageDown') deck.next();
  else deck.prev();
}

/** Only for who presents, in full screen or with the presenter's view: whoever leafs through a deck starts nothing. */
function makeReadyInTime(deck: RevealApi, channel: DeckChannel, slides: readonly HTMLElement[]): void {
  let hasView = false;
  const makeReady = (): void => {
    if (!hasView && document.fullscreenElement === null) return;
    const current = deck.getCurrentSlide();
    const index = slides.findIndex((slide) => slide === current);
    for (const slide of slides.slice(index, index + SLIDES_AHEAD + 1)) void start(terminalOf(slide));
  };
  channel.listen(({ type }) => {
    if (type !== 'where') return;
    hasView = true;
    makeReady();
  });
  deck.on('slidechanged', makeReady);
  document.addEventListener('fullscreenchange', makeReady);
}

async function start(terminal: PodiumTerminal | null): Promise<void> {
  if (terminal === null) return;
  await customElements.whenDefined('podium-terminal');
  const { session } = terminal;
  if (session.state.phase.kind === 'loading') await session.load();
  const { phase } = session.state;
  if (phase.kind === 'idle' && phase.ending === null) await session.start({ isFresh: false, step: 0 });
}

/** Between two pixels a canvas is drawn blurred: moves the frame so that it lies on whole ones. */
function snapToPixels(slide: HTMLElement | null, scale: number): void {
  const frame = slide?.querySelector<HTMLElement>('.terminal-frame');
  if (!frame) return;
  frame.style.translate = '';
  const { left, top } = (frame.querySelector('.xterm-screen') ?? frame).getBoundingClientRect();
  const toWhole = (place: number): number => (Math.round(place * devicePixelRatio) / devicePixelRatio - place) / scale;
  frame.style.translate = `${toWhole(left)}px ${toWhole(top)}px`;
}
