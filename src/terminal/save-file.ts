/** Gives the reader a file of what the page has. */
import { element } from './dom.ts';

/** Longer than any browser takes to begin the download. */
const KEEP_MS = 10_000;

export function saveFile(name: string, content: string, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = element('a', { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
}
