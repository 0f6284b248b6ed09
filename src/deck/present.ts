/** A deck in the browser: reveal.js over slides that are already HTML, keys that a terminal keeps, the speaker's window. */
import Reveal, { type RevealApi, type RevealConfig } from 'reveal.js';
import { openDeckChannel, PREVIEW_PARAMETER, type DeckMessage } from './deck-channel.ts';

/** The size that slides are written for; reveal.js scales it to the window. */
const SLIDE_WIDTH = 1280;
const SLIDE_HEIGHT = 720;
const KEY_S = 83;

/** What keeps its keys while it has the focus: a terminal all of them, the bar below the slides its own. */
const KEEPS_KEYS = 'podium-terminal, .deck-bar';

export async function present(container: HTMLElement): Promise<void> {
  const preview = new URLSearchParams(location.search).get(PREVIEW_PARAMETER);
  document.documentElement.classList.toggle('deck-preview', preview !== null);
  const deck = new Reveal(container, {
    ...slideSettings(),
    ...optionsOfDeck(container),
    ...(preview === null ? {} : previewSettings),
  });
  await deck.initialize();
  const channel = openDeckChannel(location.pathname);
  if (preview === null) speak(deck, channel, container.dataset['speakerHref'] ?? 'speaker/');
  else follow(deck, channel, preview === 'next');
}

function slideSettings(): RevealConfig {
  return {
    width: SLIDE_WIDTH,
    height: SLIDE_HEIGHT,
    margin: 0,
    minScale: 0.1,
    maxScale: 4,
    // Sections are columns, so that a terminal or a title can take the room that is left.
    display: 'flex',
    embedded: true,
    center: false,
    hash: true,
    controlsTutorial: false,
    slideNumber: 'c/t',
    transition: 'none',
    backgroundTransition: 'none',
    // On a phone slides stay slides; reveal.js would turn them into one long page.
    scrollActivationWidth: 0,
    pdfSeparateFragments: false,
    keyboardCondition: () => !document.activeElement?.closest(KEEPS_KEYS),
  };
}

/** What the deck's front matter says to reveal.js; checked when the site was built. */
function optionsOfDeck(container: HTMLElement): RevealConfig {
  return JSON.parse(container.dataset['revealOptions'] ?? '{}') as RevealConfig;
}

const previewSettings: RevealConfig = {
  hash: false,
  controls: false,
  progress: false,
  slideNumber: false,
  keyboard: false,
  touch: false,
};

/** Tells the speaker's window and its previews where the deck is, and obeys the speaker's keys. */
function speak(deck: RevealApi, channel: BroadcastChannel, speakerHref: string): void {
  const tell = (): void => {
    channel.postMessage({ type: 'at', state: deck.getState(), index: deck.getSlidePastCount() } satisfies DeckMessage);
  };
  for (const event of ['slidechanged', 'fragmentshown', 'fragmenthidden', 'paused', 'resumed']) deck.on(event, tell);
  channel.addEventListener('message', ({ data }: MessageEvent<DeckMessage>) => {
    if (data.type === 'where') tell();
    if (data.type === 'next') deck.next();
    if (data.type === 'previous') deck.prev();
  });
  deck.addKeyBinding({ keyCode: KEY_S, key: 'S', description: 'Speaker view' }, () => {
    open(speakerHref, 'podium-speaker', 'popup,width=1100,height=720');
  });
  tell();
}

/** A preview shows what the deck shows, or what its next key will. */
function follow(deck: RevealApi, channel: BroadcastChannel, isNext: boolean): void {
  // Until a deck answers, and for a speaker who reads the notes without one.
  if (isNext) deck.next();
  channel.addEventListener('message', ({ data }: MessageEvent<DeckMessage>) => {
    if (data.type !== 'at') return;
    deck.setState(data.state);
    if (isNext) deck.next();
  });
  channel.postMessage({ type: 'where' } satisfies DeckMessage);
}
