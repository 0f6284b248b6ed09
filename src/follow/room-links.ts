/** Links for other devices: the key stands behind the `#`, which no server is sent and no page keeps. */
import type { LinkReply, ShowingReply } from '../../sandbox-server/protocol/showing.ts';
import { copyText } from '../terminal/clipboard.ts';
import { button, element } from '../terminal/dom.ts';
import { pageTexts, say, sayRefusal } from './follow-texts.ts';
import { askShowings } from './showing-api.ts';

const pages = { remote: 'remote', captioner: 'captions' } as const;
type LinkRole = keyof typeof pages;

export function connectLinks(root: HTMLElement, codeNow: () => string, note: (said: string) => void): void {
  for (const press of root.querySelectorAll<HTMLElement>('[data-room-link]')) {
    press.addEventListener(
      'click',
      () => void makeLink(root, { code: codeNow(), role: press.dataset['roomLink'] as LinkRole, note }),
    );
  }
}

async function makeLink(
  root: HTMLElement,
  { code, role, note }: { code: string; role: LinkRole; note: (said: string) => void },
): Promise<void> {
  const [made, showing, { renderSVG }] = await Promise.all([
    askShowings<LinkReply>('POST', `/${code}/links`, { role }),
    askShowings<ShowingReply>('GET', `/${code}`),
    import('uqr'),
  ]);
  if (!made.ok) return note(sayRefusal(made.refusal));
  if (!showing.ok) return note(sayRefusal(showing.refusal));
  const { origin } = new URL(showing.value.address);
  const address = `${origin}/${pageTexts().language}/${pages[role]}/#${code}.${made.value.key}`;
  const host = root.querySelector<HTMLElement>('[data-room-link-made]');
  if (host === null) return;
  const title = say(`room.${role}Link`);
  const field = element('input', { readonly: true, value: address, 'aria-label': title });
  field.addEventListener('focus', () => field.select());
  const picture = element('img', { width: '180', height: '180', alt: say('room.picture', { address: title }) });
  picture.src = `data:image/svg+xml,${encodeURIComponent(renderSVG(address, { border: 2 }))}`;
  const copy = button(say('room.copy'), () => (copyText(address), note(say('room.copied'))), { class: 'button' });
  host.replaceChildren(element('p', {}, title), picture, field, copy);
  host.hidden = false;
  field.focus();
}
