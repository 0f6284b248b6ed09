import { join } from 'node:path';
import mdx from '@astrojs/mdx';
import { satteri } from '@astrojs/markdown-satteri';
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { docsSidebar } from './src/docs/sections.ts';
import { labStepMarkdown } from './src/lab/markdown/lab-step.ts';
import { buildCacheFolder, contentFolder } from './src/site/content-folder.ts';
import { loadSiteIdentity } from './src/site/identity.ts';
import { precompress } from './src/site/precompress.ts';

const site = loadSiteIdentity(contentFolder);

export default defineConfig({
  // Absolute addresses (canonical, alternates) need an origin; a server for others is told its own.
  site: process.env.PODIUM_PUBLIC_URL ?? 'http://127.0.0.1:4321',
  cacheDir: buildCacheFolder(contentFolder),
  outDir: process.env.PODIUM_DIST ?? 'dist',
  trailingSlash: 'always',
  compressHTML: true,
  devToolbar: { enabled: false },
  markdown: {
    shikiConfig: { theme: 'css-variables' },
    processor: satteri({ features: { directive: true }, mdastPlugins: [labStepMarkdown] }),
  },
  integrations: [
    starlight({
      title: site.name,
      favicon: '/favicon.svg',
      defaultLocale: 'en',
      locales: { en: { label: 'English', lang: 'en' }, fr: { label: 'Français', lang: 'fr' } },
      sidebar: docsSidebar(contentFolder),
      customCss: ['./src/styles/docs.css'],
      expressiveCode: false,
      disable404Route: true,
      credits: false,
      markdown: { processedDirs: [join(contentFolder, 'docs')] },
      components: {
        Head: './src/docs/Head.astro',
        Header: './src/docs/Header.astro',
        ThemeProvider: './src/components/ThemeBeforePaint.astro',
        MobileMenuFooter: './src/docs/MobileMenuFooter.astro',
        Footer: './src/docs/Footer.astro',
      },
    }),
    mdx(),
    precompress(),
  ],
});
