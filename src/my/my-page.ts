/** The browser code of "My labs". */
import * as z from 'zod/mini';
import { forgottenReply, myData } from '../../sandbox-server/protocol/my-data.ts';
import { refusal, sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { element } from '../terminal/dom.ts';
import { createSettings } from '../terminal/settings.ts';
import { makeRows, type MyRow } from './my-rows.ts';
import { MY_PAGE_ID, type MyPage, type MyTextKey } from './my-texts-of-page.ts';

const page = JSON.parse(document.getElementById(MY_PAGE_ID)?.textContent ?? '{}') as MyPage;
const text = (key: MyTextKey, values: Readonly<Record<string, string | number>> = {}): string =>
  (page.texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
const day = (iso: string) => new Intl.DateTimeFormat(page.language, { dateStyle: 'long' }).format(new Date(iso));
const hour = (iso: string) => new Intl.DateTimeFormat(page.language, { timeStyle: 'short' }).format(new Date(iso));

function find<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return found;
}

/** What the server answered, decoded; throws the sentence that is to be shown where it refused or did not. */
async function ask<T>(path: string, decode: (body: unknown) => T, method = 'GET'): Promise<T> {
  const reply = await fetch(`/api/${path}`, { method }).catch(() => null);
  const body: unknown = await reply?.json().catch(() => null);
  try {
    if (reply?.ok) return decode(body);
    throw new Error(page.errors[z.parse(refusal, body).code] ?? text('my.unreachable'));
  } catch (error) {
    throw error instanceof z.core.$ZodError ? new Error(text('my.unreachable')) : error;
  }
}

function say(sentence: string): void {
  find('.my-news').textContent = sentence;
}

async function show(): Promise<void> {
  const data = await ask('me/data', (body) => z.parse(myData, body));
  /* While the cluster starts there is nothing to say of sandboxes. */
  const sandboxes = await ask('sandboxes', (body) => z.parse(z.array(sandbox), body)).catch(() => []);
  const { running, goingOn, done } = makeRows(data, sandboxes, page.labs);
  fill('running', running, (row) => [
    text('my.runningUntil', { time: hour(row.runsUntil ?? row.at) }),
    link(`${row.lab.href}#step-${row.step}`, text('my.open'), row),
  ]);
  fill('going-on', goingOn, (row) => [
    `${text('my.checks', { done: row.done, all: row.lab.checks.length })} · ${text('my.last', { date: day(row.at) })}`,
    link(`${row.lab.href}#step-${row.step}`, text('my.continue', { step: row.step }), row),
  ]);
  fill('done', done, (row) => [
    text('my.doneOn', { date: day(row.at) }) +
      (row.seconds === undefined ? '' : ` ${text('my.took', { minutes: Math.max(1, Math.round(row.seconds / 60)) })}`),
    link(row.lab.href, text('my.again'), row),
  ]);
  find('[data-my="print"]').hidden = done.length === 0;
  for (const count of document.querySelectorAll<HTMLElement>('[data-count]')) {
    const kept = data[count.dataset['count'] as keyof typeof data];
    count.textContent = String(Array.isArray(kept) ? kept.length : 0);
  }
}

function fill(name: string, rows: readonly MyRow[], describe: (row: MyRow) => readonly [string, HTMLElement]): void {
  const items = rows.map((row) => {
    const [facts, go] = describe(row);
    const title = element('h3', { lang: row.lab.language }, row.lab.title);
    const work = row.hasWork ? [link(`/api/me/homes/${row.slug}`, text('my.work'), row)] : [];
    for (const each of work) each.setAttribute('download', '');
    return element('li', {}, title, element('p', {}, facts), element('p', { class: 'my-actions' }, go, ...work));
  });
  find(`[data-my="${name}"]`).replaceChildren(
    ...(items.length > 0 ? items : [element('li', { class: 'my-nothing' }, text('my.nothing'))]),
  );
}

/** With the lab's title for who hears it alone. */
function link(href: string, label: string, { lab }: MyRow): HTMLElement {
  const made = element('a', { href, class: 'button' }, label);
  made.setAttribute('aria-label', `${label}: ${lab.title}`);
  return made;
}

function offerDeletion(): void {
  const [first, second] = [find<HTMLDialogElement>('[data-my="first"]'), find<HTMLDialogElement>('[data-my="second"]')];
  const open = (dialog: HTMLDialogElement): void => {
    dialog.returnValue = 'no';
    dialog.showModal();
  };
  find('[data-my="delete"]').addEventListener('click', () => open(first));
  first.addEventListener('close', () => first.returnValue === 'yes' && open(second));
  second.addEventListener('close', () => {
    if (second.returnValue === 'yes') forget().catch((error: unknown) => say((error as Error).message));
  });
}

async function forget(): Promise<void> {
  const { checksDone, ...counts } = await ask('me/data', (body) => z.parse(forgottenReply, body), 'DELETE');
  /* What this browser remembers of labs would come back to the list of labs otherwise. */
  for (const name of Object.keys(localStorage)) if (name.startsWith('podium-lab-')) localStorage.removeItem(name);
  await show();
  say(text('my.deleted', { checks: checksDone, ...counts }));
  find('.my-news').focus();
}

function connectSettings(): void {
  const form = find<HTMLFormElement>('[data-my="settings"]');
  const settings = createSettings();
  const field = <T extends Element>(name: string) => form.elements.namedItem(name) as unknown as T;
  const font = field<HTMLInputElement>('fontPx');
  const colours = field<HTMLSelectElement>('colours');
  const reader = field<HTMLInputElement>('isScreenReaderMode');
  const { current } = settings;
  [font.value, colours.value, reader.checked] = [String(current.fontPx), current.colours, current.isScreenReaderMode];
  font.addEventListener('input', () => font.checkValidity() && settings.change({ fontPx: font.valueAsNumber }));
  colours.addEventListener('change', () =>
    settings.change({ colours: colours.value === 'projector' ? 'projector' : 'site' }),
  );
  reader.addEventListener('change', () => settings.change({ isScreenReaderMode: reader.checked }));
}

find('.my-news').tabIndex = -1;
find('[data-my="print"]').addEventListener('click', () => print());
offerDeletion();
connectSettings();
show().then(
  () => say(''),
  (error: unknown) => say((error as Error).message),
);
