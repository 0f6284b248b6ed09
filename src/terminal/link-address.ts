/** Where a link leads, as its reader should see it. Pure. */

export interface LinkAddress {
  /** All of it, as the browser understands it: nothing in it looks like something else, or turns the line round. */
  readonly whole: string;
  /** The part that says whose it is, and what stands before and after it. */
  readonly before: string;
  readonly host: string;
  readonly after: string;
}

/** Takes the address of a link that xterm.js has found: one of the web (http, https). */
export function linkAddress(uri: string): LinkAddress {
  const whole = new URL(uri).href;
  /* A name before `@` is no part of the host, and is often there to look like one. */
  const [, before = '', host = '', after = ''] = /^([a-z]+:\/\/(?:[^/?#@]*@)?)([^/?#]*)(.*)$/.exec(whole) ?? [];
  return { whole, before, host, after };
}
