/** How long a sandbox still has: shown, said twice before it ends, and moved by a button where there is more to be had. */
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { announce } from './announcer.ts';
import { button, element } from './dom.ts';
import { sayDuration } from './duration.ts';
import { errorText, pageTexts, text } from './page-texts.ts';
import type { Answer } from './sandbox-api.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Often enough that the shown minute is never off by more than this. */
const CLOCK_STEP_MS = 5 * SECOND_MS;
/** The learner is told, once each, when this much is left. */
const WARN_AT_MS = [5 * MINUTE_MS, MINUTE_MS] as const;
/** Less is not worth a button. */
const LEAST_GAIN_MS = MINUTE_MS;

export interface TimeLeft extends Disposable {
  readonly element: HTMLElement;
  follow(sandbox: Sandbox): void;
}

export interface TimeLeftActions {
  readonly extend: () => Promise<Answer<Sandbox>>;
  /** Milliseconds since 1970 by the server's clock. */
  readonly serverNow: () => number;
}

export function createTimeLeft({ extend, serverNow }: TimeLeftActions): TimeLeft {
  const shown = element('span', { class: 'bar-time' });
  const more = button(text('terminal.more'), () => void askForMore(), { 'data-action': 'more-time', hidden: true });
  let endMs = 0;
  let ceilingMs = 0;
  let saidAtMs = Number.POSITIVE_INFINITY;

  const sayLeft = (): string => sayDuration(Math.max(0, endMs - serverNow()), pageTexts().language);
  const askForMore = async (): Promise<void> => {
    const answer = await extend();
    announce(answer.ok ? text('terminal.more.given', { duration: sayLeft() }) : errorText(answer.refusal.code));
  };
  const tick = (): void => {
    const leftMs = Math.max(0, endMs - serverNow());
    shown.textContent = text('terminal.timeLeft', { duration: sayDuration(leftMs, pageTexts().language, 'short') });
    const isLow = leftMs <= WARN_AT_MS[0];
    const isMovable = ceilingMs - endMs >= LEAST_GAIN_MS;
    shown.toggleAttribute('data-low', isLow);
    /* The focus would be lost to the top of the page with the button that was pressed. */
    more.hidden = !(isLow && isMovable) && document.activeElement !== more;
    const limit = WARN_AT_MS.findLast((warnAtMs) => leftMs <= warnAtMs);
    if (limit === undefined || limit >= saidAtMs) return;
    saidAtMs = limit;
    announce(text(isMovable ? 'terminal.timeWarning' : 'terminal.timeEnding', { duration: sayLeft() }));
  };
  const timer = setInterval(tick, CLOCK_STEP_MS);
  return {
    element: element('span', { class: 'bar-time-left' }, shown, more),
    follow({ expiresAt, ceilingAt }) {
      const nextMs = Date.parse(expiresAt);
      if (nextMs > endMs) saidAtMs = Number.POSITIVE_INFINITY;
      endMs = nextMs;
      ceilingMs = Date.parse(ceilingAt);
      tick();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
