/** Addresses of pages. Every page has its language as the first part of its path, and the same path in every language. */
import { defaultLanguage, languages, type Language } from '../../sandbox-server/protocol/language.ts';

/** `/en/labs/` from `en` and `labs`. */
export function pagePath(language: Language, path = ''): string {
  return path === '' ? `/${language}/` : `/${language}/${path.replace(/^\/+|\/+$/g, '')}/`;
}

/** The language that a path is in: that of its first part. */
export function languageOfPath(pathname: string): Language {
  const first = pathname.split('/')[1];
  return languages.find((language) => language === first) ?? defaultLanguage;
}

/** The same page in `language`. */
export function inOtherLanguage(pathname: string, language: Language): string {
  const [, ...rest] = pathname.split('/').slice(1);
  return `/${language}/${rest.join('/')}`;
}

/** The pages that `getStaticPaths` of `[lang]` makes. */
export function languagePaths(): { params: { lang: Language } }[] {
  return languages.map((lang) => ({ params: { lang } }));
}
