/** The decks of the content folder as a collection of the site; in development a change of any of them shows at once. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Loader } from 'astro/loaders';
import * as z from 'zod/mini';
import { loadDecks } from '../../sandbox-server/decks/load-decks.ts';

export const deckEntry = z.object({ path: z.string(), file: z.string(), source: z.string() });

/** Entries by language and slug: `fr/welcome`. */
export function deckLoader(contentFolder: string): Loader {
  return {
    name: 'decks',
    async load({ store, watcher }) {
      const folder = join(contentFolder, 'decks');
      const fill = async () => {
        const decks = await loadDecks(contentFolder);
        store.clear();
        for (const { slug, language, ...data } of decks) {
          const digest = createHash('sha256').update(data.source).digest('hex');
          store.set({ id: `${language}/${slug}`, data, digest });
        }
      };
      await fill();
      watcher?.add(folder);
      watcher?.on('all', (_event, path) => {
        if (path.startsWith(folder)) void fill();
      });
    },
  };
}
