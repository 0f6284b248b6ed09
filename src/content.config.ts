/** What authors write, read from the content folder and checked at the edge. */
import { glob } from 'astro/loaders';
import { defineCollection } from 'astro:content';
import { docsSchema } from '@astrojs/starlight/schema';
import { labDefinition, stepFrontMatter } from '../sandbox-server/protocol/lab.ts';
import { labPath } from '../sandbox-server/protocol/lab-path.ts';
import { deckEntry, deckLoader } from './deck/deck-loader.ts';
import { docId, labId, pathId, stepId } from './site/entry-ids.ts';
import { contentFolder } from './site/content-folder.ts';
import { siteIdentity } from './site/identity.ts';

const fromContent = (pattern: string, makeId: (path: string) => string): ReturnType<typeof glob> =>
  glob({ base: contentFolder, pattern, generateId: ({ entry }) => makeId(entry) });

export const collections = {
  site: defineCollection({ loader: fromContent('site.yaml', () => 'site'), schema: siteIdentity }),
  /** By slug: `first-steps`. */
  labs: defineCollection({ loader: fromContent('labs/*/lab.yaml', labId), schema: labDefinition }),
  /** By name: `kubernetes`. */
  paths: defineCollection({ loader: fromContent('paths/*.yaml', pathId), schema: labPath }),
  /** By language, lab and file: `fr/first-steps/01-cluster`. */
  steps: defineCollection({ loader: fromContent('labs/*/steps/*.md', stepId), schema: stepFrontMatter }),
  /** By language and slug: `fr/welcome`. */
  decks: defineCollection({ loader: deckLoader(contentFolder), schema: deckEntry }),
  /** By address: `fr/docs/learn/labs`; Starlight shows English where French is missing. */
  docs: defineCollection({ loader: fromContent('docs/**/*.{md,mdx}', docId), schema: docsSchema() }),
};
