/** A deck in the browser: reveal.js over slides that are already HTML, and what stands around them. */
import Reveal, { type RevealApi, type RevealConfig } from 'reveal.js';
import { openDeckChannel, PREVIEW_PARAMETER } from './deck-channel.ts';
import { connectDeckKeys, mayRevealHaveKey } from './deck-keys.ts';
import { connectTerminals } from './deck-terminals.ts';
import { leadRoom } from '../follow/lead-room.ts';
import { keepHiddenSlidesInert } from './inert-slides.ts';
import { createLaser } from './laser.ts';
import { obeyOrders, tellWhereTheDeckIs } from './deck-window.ts';
import { keepLastScreens, showLastScreens } from './last-screens.ts';
import { followAsPreview } from './preview.ts';

/** The size that slides are written for; reveal.js scales it to the window. */
const SLIDE_WIDTH = 1280;
const SLIDE_HEIGHT = 720;

export async function present(container: HTMLElement): Promise<void> {
  const parameters = new URLSearchParams(location.search);
  const preview = parameters.get(PREVIEW_PARAMETER);
  // In a frame of another site there is neither the bar nor a sandbox: its visitors are nobody to this server.
  document.documentElement.classList.toggle('deck-embedded', parameters.has('embed'));
  document.documentElement.classList.toggle('deck-preview', preview !== null);
  const deck = new Reveal(container, {
    ...slideSettings(),
    ...optionsOfDeck(container),
    ...(preview === null ? {} : previewSettings),
  });
  await deck.initialize();
  if (isForPaper()) return showLastScreens(container);
  if (preview === null) showDeck(deck, container);
  else followAsPreview(deck, openDeckChannel(location.pathname), preview === 'next');
}

/** As reveal.js asks itself: it tears the slides apart for paper, and nobody presses a key there. */
function isForPaper(): boolean {
  return /print-pdf/i.test(location.search);
}

function showDeck(deck: RevealApi, container: HTMLElement): void {
  const viewport = deck.getViewportElement();
  const slides = deck.getSlidesElement();
  if (viewport === null || slides === null) return;
  const leaves = [...slides.querySelectorAll<HTMLElement>('section:not(.stack)')];
  keepHiddenSlidesInert(deck, leaves);
  const laser = createLaser(viewport, slides);
  const channel = openDeckChannel(location.pathname);
  connectTerminals(deck, channel, leaves);
  keepLastScreens(deck, container);
  connectDeckKeys({ deck, laser, speakerHref: container.dataset['speakerHref'] });
  obeyOrders(deck, channel, laser);
  tellWhereTheDeckIs(deck, channel);
  leadRoom(deck);
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
    // Only paper shows them, a page after each slide.
    showNotes: isForPaper() && new URLSearchParams(location.search).has('notes') ? 'separate-page' : false,
    // Ours finds words and titles too.
    jumpToSlide: false,
    keyboardCondition: mayRevealHaveKey,
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
