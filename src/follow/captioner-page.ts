/** For who types what is said: the room reads along, a line at a time. */
import { MAX_CAPTION_LENGTH } from '../../sandbox-server/protocol/showing.ts';
import { element } from '../terminal/dom.ts';
import { say, sayRefusal } from './follow-texts.ts';
import { takeUpKey } from './key-link.ts';
import { askShowings } from './showing-api.ts';

/** Twice a second is as fast as one reads along. */
const SEND_EVERY_MS = 400;

export async function openCaptionerPage(root: HTMLElement): Promise<void> {
  const answer = await takeUpKey();
  const isLetIn = answer.ok && answer.value.role !== 'follower';
  root.dataset['state'] = isLetIn ? 'live' : 'refused';
  const field = root.querySelector('textarea');
  if (!isLetIn || field === null) return;
  field.maxLength = MAX_CAPTION_LENGTH;
  connectLine(root, field, answer.value.code);
  field.focus();
}

function connectLine(root: HTMLElement, field: HTMLTextAreaElement, code: string): void {
  const note = root.querySelector('[data-note]');
  let timer: ReturnType<typeof setTimeout> | undefined;
  // One after the other: a line must not overtake its own beginning.
  let sending: Promise<unknown> = Promise.resolve();
  const send = (text: string, isFinal: boolean): void => {
    sending = sending.then(async () => {
      const answer = await askShowings('POST', `/${code}/captions`, { text, isFinal });
      if (note) note.textContent = answer.ok ? '' : sayRefusal(answer.refusal);
    });
  };
  const finish = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = clean(field.value);
    field.value = '';
    if (text === '') return;
    send(text, true);
    root.querySelector('[data-caption-lines]')?.append(element('p', { dir: 'auto' }, text));
    root.querySelector('[data-caption-lines]')?.scrollTo({ top: Number.MAX_SAFE_INTEGER });
  };
  field.addEventListener('input', () => {
    if (/\n/.test(field.value) || field.value.length >= MAX_CAPTION_LENGTH) return finish();
    timer ??= setTimeout(() => {
      timer = undefined;
      send(clean(field.value), false);
    }, SEND_EVERY_MS);
  });
  root.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    finish();
    field.focus();
  });
  field.setAttribute('aria-label', say('captioner.line'));
}

function clean(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
