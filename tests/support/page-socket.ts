/** A browser's WebSocket for the page's own code in Node: it brings the origin and the cookie that a browser adds by itself. */
import { WebSocket } from 'ws';

const headersOf = new Map<string, Readonly<Record<string, string>>>();

class PageSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, { headers: headersOf.get(url) ?? {}, perMessageDeflate: false });
    headersOf.delete(url);
    // A page hears of it by `close`; here nobody listening would end the process.
    this.on('error', () => undefined);
  }
}

/** From now on `new WebSocket` is one of these. The DOM's type and that of `ws` differ in what the page does not use. */
export function usePageSockets(): void {
  globalThis.WebSocket = PageSocket as unknown as typeof globalThis.WebSocket;
}

/** The next socket to this address is opened by a page of `origin`, by somebody with this cookie. */
export function announceSocket(url: string, origin: string, cookie: string | undefined): void {
  headersOf.set(url, { origin, ...(cookie !== undefined && { cookie }) });
}
