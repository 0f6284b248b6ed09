/** The sidebar of the docs: the sections that the content folder has, in the order in which one needs them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StarlightUserConfig } from '@astrojs/starlight/types';

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
      items: [{ autogenerate: { directory: `docs/${name}` } }],
    }));
  return [...ownPages, ...ownFolders];
}
