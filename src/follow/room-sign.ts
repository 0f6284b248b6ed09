/** The picture and the address on the first slide while the room may follow. */
import { element } from '../terminal/dom.ts';

/** Resolves with what takes it away again. */
export async function showRoomSign(slides: HTMLElement | null, address: string): Promise<() => void> {
  const { renderSVG } = await import('uqr');
  const template = document.querySelector<HTMLTemplateElement>('#room-sign');
  const first = slides?.querySelector('section:not(.stack)');
  const words = template?.content.textContent.trim() ?? '';
  if (!first) return () => undefined;
  const picture = element('img', { alt: '' });
  picture.src = `data:image/svg+xml,${encodeURIComponent(renderSVG(address, { border: 1 }))}`;
  const sign = element(
    'figure',
    { class: 'room-sign' },
    picture,
    element('figcaption', {}, element('span', {}, words), element('code', {}, shortAddress(address))),
  );
  first.append(sign);
  return () => sign.remove();
}

/** As one types it: browsers add the rest. */
export function shortAddress(address: string): string {
  return address.replace(/^https?:\/\//, '');
}
