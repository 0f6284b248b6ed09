/** The clock of the presenter's view: what has passed, the time of day, and the pace against the deck's timings. */
import { sayDuration } from '../terminal/duration.ts';
import { fillIn } from '../terminal/page-texts.ts';
import { clockText, paceAt, sum, type Pace } from './pace.ts';
import { decodeClock, elapsedMs, setBack, startedAt, toggled, type TalkClock } from './talk-clock.ts';

const TICK_MS = 500;

export interface SpeakerClock {
  /** Pauses it, or lets it go on. */
  toggle(): void;
  setBack(): void;
  /** Counts the pace for this slide from now on. */
  showPace(index: number): void;
}

/** The clock in `root`, that goes on where it was when this window was last open on the deck at `path`. */
export function createSpeakerClock(root: HTMLElement, path: string): SpeakerClock {
  const timings = [...root.querySelectorAll<HTMLElement>('[data-notes-of]')].map(({ dataset }) =>
    dataset['timing'] === undefined ? undefined : Number(dataset['timing']),
  );
  const storage = `podium-clock ${path}`;
  let clock: TalkClock = decodeClock(load(storage)) ?? startedAt(Date.now());
  let index = 0;
  const show = (): void => {
    const seconds = elapsedMs(clock, Date.now()) / 1000;
    setText(root, '[data-clock]', clockText(seconds));
    setText(root, '[data-day]', new Date().toLocaleTimeString(root.lang, { hour: '2-digit', minute: '2-digit' }));
    root.toggleAttribute('data-clock-paused', clock.sinceMs === null);
    for (const part of root.querySelectorAll<HTMLElement>('[data-when-paused]')) part.hidden = clock.sinceMs !== null;
    for (const part of root.querySelectorAll<HTMLElement>('[data-when-going]')) part.hidden = clock.sinceMs === null;
    showPace(root, paceAt(timings, index, seconds), sum(timings));
  };
  const change = (to: TalkClock): void => {
    clock = to;
    save(storage, JSON.stringify(clock));
    show();
  };
  change(clock);
  setInterval(show, TICK_MS);
  return {
    toggle: () => change(toggled(clock, Date.now())),
    setBack: () => change(setBack(clock, Date.now())),
    showPace: (newIndex) => {
      index = newIndex;
      show();
    },
  };
}

function showPace(root: HTMLElement, pace: Pace, plannedSeconds: number): void {
  const line = root.querySelector<HTMLElement>('[data-pace]');
  if (line === null) return;
  line.hidden = pace.kind === 'none';
  line.dataset['pace'] = pace.kind;
  if (pace.kind === 'none') return;
  const { onTime = '', ahead = '', behind = '' } = line.dataset;
  const template = { onTime, ahead, behind }[pace.kind];
  const time = pace.kind === 'onTime' ? '' : sayDuration(pace.seconds * 1000, root.lang);
  setText(line, '[data-pace-words]', fillIn(template, { time }));
  setText(line, '[data-planned]', fillIn(line.dataset['planned'] ?? '', { time: clockText(plannedSeconds) }));
}

function setText(root: HTMLElement, selector: string, text: string): void {
  const element = root.querySelector(selector);
  if (element !== null && element.textContent !== text) element.textContent = text;
}

/** For this window alone, and as long as it is open. */
function load(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function save(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    /* Storage is refused: after a reload the clock begins anew. */
  }
}
