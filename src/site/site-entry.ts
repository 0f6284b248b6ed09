/** The community's identity for pages; in `astro dev` a change of site.yaml shows at once. */
import { getEntry } from 'astro:content';
import type { SiteIdentity } from './identity.ts';

export async function siteIdentity(): Promise<SiteIdentity> {
  const entry = await getEntry('site', 'site');
  if (entry === undefined)
    throw new Error('There is no site.yaml in the content folder: copy the one that comes with Podium.');
  return entry.data;
}
