import { defaultLanguage, languages, type Language } from '../protocol/language.ts';

/** The language of ours that a browser likes best (RFC 9110, 12.5.4); English when it likes none. */
export function chooseLanguage(acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? '').split(',').map((wish) => {
    const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
    const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find((each) => each !== undefined);
    return { language: tag.split('-')[0], quality: Number(quality ?? 1) };
  });
  const liked = wishes.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
  for (const { language } of liked) {
    const found = languages.find((each) => each === language);
    if (found) return found;
  }
  return defaultLanguage;
}

/** The language of a page by its address. */
export function languageOfPath(path: string): Language | undefined {
  return languages.find((language) => path === `/${language}` || path.startsWith(`/${language}/`));
}
