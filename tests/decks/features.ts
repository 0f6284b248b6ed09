/** What a deck may use, and how one sees in its source that it does: each must be compared in ten decks or more. */

interface Feature {
  readonly name: string;
  readonly isUsed: RegExp;
}

export const features: readonly Feature[] = [
  { name: 'YAML', isUsed: /^\uFEFF?---\r?\n[a-z]+:/u },
  { name: 'TOML', isUsed: /^\uFEFF?\+\+\+\r?\n/u },
  { name: 'vertical', isUsed: /^(?:--|----|___)\r?$/mu },
  { name: 'own separators', isUsed: /^(?:separator|verticalSeparator):/mu },
  { name: 'notes', isUsed: /^note:/imu },
  { name: 'notes, plural', isUsed: /^notes:/imu },
  { name: 'own notes separator', isUsed: /^notesSeparator:/mu },
  { name: 'notes in HTML', isUsed: /<aside class="notes">|data-notes=/u },
  { name: 'slide attributes', isUsed: /<!-- \.slide:/u },
  { name: 'element attributes', isUsed: /<!-- \.element:/u },
  { name: 'fragments', isUsed: /class="fragment/u },
  { name: 'fragment order', isUsed: /data-fragment-index/u },
  { name: 'backgrounds', isUsed: /data-background/u },
  { name: 'timing', isUsed: /data-timing/u },
  { name: 'visibility', isUsed: /data-visibility/u },
  { name: 'auto-animate', isUsed: /data-auto-animate/u },
  { name: 'transitions', isUsed: /data-transition/u },
  { name: 'r-stretch', isUsed: /r-stretch/u },
  { name: 'r-stack', isUsed: /r-stack/u },
  { name: 'r-fit-text', isUsed: /r-fit-text/u },
  { name: 'code', isUsed: /^(?:```|~~~)\w/mu },
  { name: 'code steps', isUsed: /^```\w+ \[[\d,|-]*\|/mu },
  { name: 'code line offset', isUsed: /^```\w+ \[\d+: ?/mu },
  {
    name: 'separators in fences',
    isUsed: /^(?:```|~~~)[^\n]*\n(?:(?!```|~~~)[^\n]*\n)*?(?:---|--|Note:[^\n]*)\r?\n/mu,
  },
  { name: 'code in HTML', isUsed: /<pre><code/u },
  { name: 'raw HTML', isUsed: /<(?:div|span|small|br|figure|svg)[ >/]/u },
  { name: 'raw sections', isUsed: /^<section/mu },
  { name: 'tables', isUsed: /^\|.*\|\r?$/mu },
  { name: 'pictures', isUsed: /!\[/u },
  { name: 'pictures in HTML', isUsed: /<img/u },
  { name: 'films', isUsed: /<video/u },
  { name: 'links', isUsed: /\]\(http/u },
  { name: 'lists', isUsed: /^(?:[-*]|1\.) \S/mu },
  { name: 'lists in lists', isUsed: /^ {2,4}[-*] \S/mu },
  { name: 'entities', isUsed: /&(?:amp|lt|gt|nbsp|copy|#\d+);/u },
  { name: 'math', isUsed: /\$\$.+\$\$|\$[^$ \n]*[\\^_][^$\n]*\$/u },
  { name: 'dollars', isUsed: /\$(?:\d|PATH)/u },
  { name: 'icons', isUsed: /<i class="fa/u },
  { name: 'odd ids', isUsed: /id="[^"]*[^"\w-][^"]*"/u },
  { name: 'repeated ids', isUsed: /id="(?<id>[^"]+)"[\s\S]*\.slide: id="\k<id>"/u },
  { name: 'terminals', isUsed: /<podium-terminal/u },
  { name: 'scripts', isUsed: /<script/u },
  { name: 'comments', isUsed: /<!-- (?!\.)/u },
  { name: 'CRLF', isUsed: /\r\n/u },
  { name: 'BOM', isUsed: /^\uFEFF/u },
  { name: 'empty slides', isUsed: /\n(?:---|===)(?:\r?\n)+(?:---|===|--|~~|___)\r?\n/u },
  { name: 'underlined headings', isUsed: /^\w[^\n]*\n={3,}\r?$/mu },
  { name: 'ruled lines', isUsed: /^\*\*\*\r?$/mu },
  { name: 'quotes', isUsed: /^> /mu },
  { name: 'Markdown options', isUsed: /^ {2}markdown:/mu },
  { name: 'other scripts', isUsed: /[\u0600-\u06FF\u3040-\u30FF\u{1F300}-\u{1FAFF}]/u },
  { name: 'Bootstrap', isUsed: /col-(?:xs|md)-\d|list-unstyled/u },
];

/** In how many decks each feature is used. */
export function countFeatures(sources: readonly string[]): { name: string; count: number }[] {
  return features.map(({ name, isUsed }) => ({ name, count: sources.filter((each) => isUsed.test(each)).length }));
}
