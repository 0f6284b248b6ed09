import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIRoute } from 'astro';
import { accentOf, faviconSvg } from '../site/brand.ts';
import { siteIdentity } from '../site/site-entry.ts';

export const GET: APIRoute = async () => {
  const tokens = readFileSync(join('src', 'styles', 'tokens.css'), 'utf8');
  const site = await siteIdentity();
  return new Response(faviconSvg(accentOf(tokens, site.accent)), { headers: { 'content-type': 'image/svg+xml' } });
};
