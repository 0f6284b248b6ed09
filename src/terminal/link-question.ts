/** Asked before a link opens: where its text may lie, and where another's program has printed it. */
import { askInDialog } from './dialog.ts';
import { element } from './dom.ts';
import { linkAddress } from './link-address.ts';
import { text } from './page-texts.ts';

export interface LinkQuestion {
  readonly uri: string;
  /** Its text is not its address. */
  readonly isHidden: boolean;
  readonly onClose: () => void;
}

/** Only one question is open at a time. */
const ids = { why: 'podium-link-why', address: 'podium-link-address' };

export function askLink(host: HTMLElement, { uri, isHidden, onClose }: LinkQuestion): void {
  const address = linkAddress(uri);
  const why = element('p', { id: ids.why }, text(isHidden ? 'link.hidden' : 'link.watched'));
  const whole = element(
    'span',
    { id: ids.address },
    address.before,
    element('strong', {}, address.host),
    address.after,
  );
  /* A long one is scrolled, by keyboard too. */
  const frame = { class: 'dialog-address', role: 'group', tabindex: '0', 'aria-label': text('link.address') };
  askInDialog(host, {
    title: text('link.ask'),
    body: [why, element('div', frame, whole)],
    describedBy: `${ids.why} ${ids.address}`,
    choices: [
      { label: text('link.cancel'), choose: () => undefined },
      { label: text('link.open'), choose: () => openLink(address.whole), isMain: true },
    ],
    onClose,
  });
}

/** Opens an address in a new tab, which does not learn where it was opened from. */
export function openLink(uri: string): void {
  window.open(uri, '_blank', 'noopener,noreferrer');
}
