/** The same sandbox in another browser: a link with its picture here, and a question there before it is taken up. */
import { announce } from './announcer.ts';
import { copyText } from './clipboard.ts';
import { askInDialog } from './dialog.ts';
import { element } from './dom.ts';
import { errorText, pageTexts, text } from './page-texts.ts';
import type { SandboxApi } from './sandbox-api.ts';

const PARAMETER = 'hand-over';

/** Shows a link by which another browser becomes this person, once. */
export async function showHandOver(host: HTMLElement, api: SandboxApi, sandboxId: string): Promise<void> {
  /* Fetched only here: hardly any page needs it. */
  const [answer, { renderSVG }] = await Promise.all([api.handOver(sandboxId), import('uqr')]);
  if (!answer.ok) return announceAsDialog(host, errorText(answer.refusal.code, answer.refusal.values));
  const { language } = pageTexts();
  const address = new URL(`/${language}${answer.value.address}`, location.origin).href;
  const field = element('input', { class: 'dialog-address', readonly: true, value: address });
  field.setAttribute('aria-label', text('handOver.link'));
  field.addEventListener('focus', () => field.select());
  const copy = (): void => {
    copyText(address);
    announce(text('handOver.copied'));
  };
  askInDialog(host, {
    title: text('handOver.title'),
    body: [
      element('p', {}, text('handOver.text', { time: sayTime(answer.value.expiresAt, language) })),
      picture(renderSVG(address, { border: 2 })),
      field,
    ],
    choices: [
      { label: text('handOver.copy'), choose: copy, isMain: true },
      { label: text('handOver.close'), choose: () => undefined },
    ],
  });
}

/** The code with which this page was opened; null for any other page. */
export function handOverCode(): string | null {
  return new URL(location.href).searchParams.get(PARAMETER);
}

/** Asks whether this browser is to go on with the other one's work; resolves when the page may go on as it is. */
export function askHandOver(api: SandboxApi, code: string): Promise<void> {
  /* Whatever is answered: a code in the address bar would be asked for again by a reload. */
  const address = new URL(location.href);
  address.searchParams.delete(PARAMETER);
  history.replaceState(history.state, '', address);
  return new Promise((resolve) => {
    let isRedeeming = false;
    const redeem = async (): Promise<void> => {
      isRedeeming = true;
      const answer = await api.redeem(code);
      if (answer.ok) return location.reload();
      announceAsDialog(document.body, errorText(answer.refusal.code, answer.refusal.values));
      resolve();
    };
    askInDialog(document.body, {
      title: text('handOver.ask'),
      body: [element('p', {}, text('handOver.askText'))],
      choices: [
        { label: text('handOver.no'), choose: () => undefined },
        { label: text('handOver.yes'), choose: () => void redeem(), isMain: true, action: 'hand-over-yes' },
      ],
      onClose: () => isRedeeming || resolve(),
    });
  });
}

function announceAsDialog(host: HTMLElement, said: string): void {
  askInDialog(host, { title: said, choices: [{ label: text('terminal.dismiss'), choose: () => undefined }] });
}

/** Dark on light in either theme, since cameras want it so; the words beside it say the same. */
function picture(svg: string): HTMLElement {
  const made = element('img', { class: 'hand-over-code', alt: text('handOver.picture') });
  made.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return made;
}

function sayTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}
