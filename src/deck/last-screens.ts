/**
 * What a slide's terminal showed last, for paper: kept by this browser when the slide is left, and shown in place of the
 * author's example when the deck is printed here.
 */
import type { RevealApi } from 'reveal.js';
import type { PodiumTerminal } from '../terminal/podium-terminal.ts';
import { loadPreference, savePreference } from '../terminal/preference.ts';

/** As many as a slide has room for. */
const MOST_LINES = 18;

const nameOf = (lab: string | null): string => `last-screen ${location.pathname} ${lab ?? ''}`;

/** Keeps a screen whenever its slide or the page is left. */
export function keepLastScreens(deck: RevealApi, container: HTMLElement): void {
  const terminals = [...container.querySelectorAll<PodiumTerminal>('podium-terminal')];
  const keep = (): void => {
    for (const terminal of terminals) {
      const screen = terminal.dataset['phase'] === 'running' ? lastLines(terminal.screenText()) : '';
      if (screen !== '') savePreference(nameOf(terminal.getAttribute('lab')), screen);
    }
  };
  deck.on('slidechanged', keep);
  addEventListener('pagehide', keep);
}

export function showLastScreens(container: HTMLElement): void {
  for (const terminal of container.querySelectorAll('podium-terminal')) {
    const screen = loadPreference(nameOf(terminal.getAttribute('lab')));
    const still = terminal.parentElement?.querySelector('.terminal-still');
    if (screen === null || !still) continue;
    const shown = document.createElement('pre');
    shown.dataset['last'] = '';
    shown.textContent = screen;
    still.querySelector('pre')?.remove();
    still.prepend(shown);
  }
}

/** Its last lines that are not empty at the end. */
function lastLines(screen: string): string {
  return screen.trimEnd().split('\n').slice(-MOST_LINES).join('\n');
}
