/** The sidebar of the docs: the sections that the content folder has, in the order in which one needs them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StarlightUserConfig } from '@astrojs/starlight/types';
import { defaultLanguage } from '../../sandbox-server/protocol/language.ts';
import { splitLanguage } from '../site/entry-ids.ts';

type Sidebar = NonNullable<StarlightUserConfig['sidebar']>;

const pages = [
  { name: 'index', link: '/docs/', label: 'Overview', fr: 'Vue d’ensemble' },
  { name: 'start', link: '/docs/start/', label: 'Start', fr: 'Démarrer' },
  { name: 'security', link: '/docs/security/', label: 'Security', fr: 'Sécurité' },
];

const folders = [
  { name: 'learn', label: 'Learn', fr: 'Apprendre' },
  { name: 'author', label: 'Write', fr: 'Écrire' },
  { name: 'operate', label: 'Operate', fr: 'Exploiter' },
  { name: 'develop', label: 'Develop', fr: 'Développer' },
  { name: 'reference', label: 'Reference', fr: 'Référence' },
  { name: 'decisions', label: 'Decisions', fr: 'Décisions', collapsed: true },
];

/** Makes Starlight's sidebar for the docs of `contentFolder`. */
export function docsSidebar(contentFolder: string): Sidebar {
  const docs = join(contentFolder, 'docs');
  const ownPages = pages
    .filter(({ name }) => existsSync(join(docs, `${name}.md`)))
    .map(({ link, label, fr }) => ({ link, label, translations: { fr } }));
  const ownFolders = folders
    .filter(({ name }) => existsSync(join(docs, name)))
    .map(({ name, label, fr, collapsed = false }) => ({
      label,
      translations: { fr },
      collapsed,
      items: pagesIn(docs, name),
    }));
  return [...ownPages, ...ownFolders];
}

/**
 * The pages of a section, by name. Starlight's own list finds them only where each language has a folder. A page that is
 * in no other language is listed in all of them.
 */
function pagesIn(docs: string, section: string): { slug: string }[] {
  return readdirSync(join(docs, section), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.mdx?$/.test(file) && !/^draft: true$/m.test(readFileSync(join(docs, section, file), 'utf8')))
    .map((file) => splitLanguage(file))
    .filter(({ language }) => language === defaultLanguage)
    .map(({ name }) => ({ slug: `docs/${section}/${name}`.replace(/\/index$/, '') }))
    .sort((one, other) => one.slug.localeCompare(other.slug));
}
