import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** Types of script elements that a browser runs; others hold data. */
const RUNS = /^(|module|text\/javascript|application\/javascript|importmap|speculationrules)$/i;

/** Hashes of the inline scripts of a page that we built, as the policy names them. */
export function hashInlineScripts(html: string): string[] {
  const hashes = new Set<string>();
  for (const { groups } of html.matchAll(/<script(?<attributes>(?:\s[^>]*)?)>(?<source>[\s\S]*?)<\/script>/gi)) {
    const attributes = groups?.['attributes'] ?? '';
    const type = /\stype\s*=\s*["']?(?<type>[^"'\s>]*)/i.exec(attributes)?.groups?.['type'] ?? '';
    if (/\ssrc\s*=/i.test(attributes) || !RUNS.test(type)) continue;
    hashes.add(
      `'sha256-${createHash('sha256')
        .update(groups?.['source'] ?? '')
        .digest('base64')}'`,
    );
  }
  return [...hashes];
}

/** An origin as a policy may name it: nothing that could begin another directive. */
const ORIGIN = /^https?:\/\/[\w.-]+(?::\d+)?$/;

/** Who else may show a page that we built in a frame: what site.yaml names, put into the heads of decks. */
export function readFramingOrigins(html: string): string[] {
  const head = html.split('</head>', 1)[0] ?? '';
  const named = /<meta name="podium-framed-by" content="([^"]*)"/.exec(head)?.[1] ?? '';
  return named.split(' ').filter((origin) => ORIGIN.test(origin));
}

/**
 * Only what we serve ourselves, and of inline scripts only those that were built into the page.
 * Styles may be inline: the terminal makes style elements, and highlighted code has style attributes.
 * `wasm-unsafe-eval` compiles the search index of the docs and lets no JavaScript be evaluated.
 */
export function makePagePolicy(scriptHashes: readonly string[], framingOrigins: readonly string[] = []): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval'${scriptHashes.map((hash) => ` ${hash}`).join('')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    ["frame-ancestors 'self'", ...framingOrigins].join(' '),
  ].join('; ');
}

/** What is no page has nothing to load. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** An SVG of a deck, opened by itself, is a page that could run scripts; the deck may be a stranger's. */
export const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox";

/** Policies by file, made anew when the site was built again under a running server. */
export function createPolicyCache(): (file: string) => string {
  const cache = new Map<string, { modifiedMs: number; policy: string }>();
  return (file) => {
    const { mtimeMs } = statSync(file);
    const known = cache.get(file);
    if (known?.modifiedMs === mtimeMs) return known.policy;
    const html = readFileSync(file, 'utf8');
    const policy = makePagePolicy(hashInlineScripts(html), readFramingOrigins(html));
    cache.set(file, { modifiedMs: mtimeMs, policy });
    return policy;
  };
}
