/** Puts a copy button on every code block of a docs page. */

/** How long the button says that it has copied. */
const COPIED_MS = 2000;

export function addCopyButtons(): void {
  const template = document.querySelector<HTMLTemplateElement>('template[data-copy-code]');
  const status = document.querySelector('[data-copy-status]');
  const button = template?.content.querySelector('button');
  const copied = template?.dataset['copied'] ?? '';
  // The clipboard is there on HTTPS and on this machine only.
  if (!button || !status || !navigator.clipboard) return;
  for (const block of document.querySelectorAll<HTMLPreElement>('main pre')) {
    const copy = button.cloneNode(true) as HTMLButtonElement;
    const label = copy.textContent ?? '';
    const frame = document.createElement('div');
    frame.className = 'code-frame';
    block.replaceWith(frame);
    frame.append(block, copy);
    copy.addEventListener('click', () => {
      void navigator.clipboard.writeText(block.textContent?.trimEnd() ?? '').then(() => {
        copy.textContent = copied;
        status.textContent = copied;
        setTimeout(() => {
          copy.textContent = label;
          status.textContent = '';
        }, COPIED_MS);
      });
    });
  }
}
