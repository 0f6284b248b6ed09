/** Ids of content from paths of files: the language is a suffix of the file and the first part of the id. */
import { defaultLanguage, languages, type Language } from '../../sandbox-server/protocol/language.ts';

/** `01-name.fr.md` → `fr` and `01-name`; without a suffix a file is in the default language. */
export function splitLanguage(path: string): { language: Language; name: string } {
  const bare = path.replace(/\.mdx?$/, '');
  const suffixed = languages.find((language) => bare.endsWith(`.${language}`));
  return suffixed === undefined
    ? { language: defaultLanguage, name: bare }
    : { language: suffixed, name: bare.slice(0, -suffixed.length - 1) };
}

/** `labs/first-steps/lab.yaml` → `first-steps`. */
export function labId(path: string): string {
  return path.replace(/^labs\//, '').replace(/\/lab\.yaml$/, '');
}

/** `paths/kubernetes.yaml` → `kubernetes`. */
export function pathId(path: string): string {
  return path.replace(/^paths\//, '').replace(/\.yaml$/, '');
}

/** `labs/first-steps/steps/01-cluster.fr.md` → `fr/first-steps/01-cluster`. */
export function stepId(path: string): string {
  const { language, name } = splitLanguage(path.replace(/^labs\//, '').replace('/steps/', '/'));
  return `${language}/${name}`;
}

/** `docs/learn/index.fr.md` → `fr/docs/learn`: Starlight's address of the page. */
export function docId(path: string): string {
  const { language, name } = splitLanguage(path);
  return `${language}/${name.replace(/\/index$/, '')}`;
}
