/** The stages of a start, ticking off with the time that each took. */
import type { Sandbox, StageProgress } from '../../sandbox-server/protocol/sandbox.ts';
import { element } from './dom.ts';
import { pageTexts, text } from './page-texts.ts';

const SECOND_MS = 1_000;
/** What took less would be shown as nothing. */
const SHORTEST_SHOWN_MS = 50;

export function stageList(sandbox: Sandbox): HTMLElement {
  const list = element('ol', { class: 'stage-list' });
  for (const progress of sandbox.stages) list.append(stageItem(progress));
  return list;
}

function stageItem({ stage, state, elapsedMs }: StageProgress): HTMLElement {
  const isTimed = state === 'done' && elapsedMs >= SHORTEST_SHOWN_MS;
  return element(
    'li',
    { class: 'stage', 'data-state': state },
    element('span', { class: 'stage-mark', 'aria-hidden': 'true' }),
    element('span', { class: 'stage-name' }, text(`start.stage.${stage}`)),
    element('span', { class: 'visually-hidden' }, ` (${text(`start.stage.state.${state}`)}) `),
    element('span', { class: 'stage-time' }, isTimed ? saySeconds(elapsedMs) : ''),
  );
}

/** "0.4 s": a tenth is what a learner can feel. */
function saySeconds(elapsedMs: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const seconds = new Intl.NumberFormat(pageTexts().language, digits).format(elapsedMs / SECOND_MS);
  return text('start.seconds', { seconds });
}
