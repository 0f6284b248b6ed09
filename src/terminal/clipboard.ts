/** Copying out of the terminal, by the reader and by programs. */

/** A program may copy this much: a screenful or a file, not a flood. */
const MAX_PROGRAM_COPY_BYTES = 64 * 1024;

/**
 * The text that a program wants on the clipboard (OSC 52: `c;<base64>`), or null where it asks for something else: to read
 * the clipboard (`?`), to clear it, or to write more than is sensible.
 */
export function decodeClipboardWrite(data: string): string | null {
  const [, target = '', payload = ''] = /^([cpqs0-7]*);([A-Za-z0-9+/=]+)$/.exec(data) ?? [];
  const isForClipboard = target === '' || target.includes('c');
  if (payload === '' || !isForClipboard || payload.length * 0.75 > MAX_PROGRAM_COPY_BYTES) return null;
  try {
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Puts `text` on the clipboard. Outside HTTPS and loopback there is no clipboard API; there xterm answers the old command with its selection. */
export function copyText(text: string): void {
  if (navigator.clipboard === undefined) document.execCommand('copy');
  else navigator.clipboard.writeText(text).catch(() => document.execCommand('copy'));
}
