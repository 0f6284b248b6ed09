/** Finds slides by their number, their title, or words that are on them or in their notes. */

export interface SearchedSlide {
  readonly title: string;
  /** What is on the slide and in its notes. */
  readonly text: string;
}

/** Indices of the slides that `query` means, the likeliest first; all of them without a query. */
export function findSlides(slides: readonly SearchedSlide[], query: string): number[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return slides.map((_slide, index) => index);
  const number = /^\d+$/.test(query.trim()) ? Number(query) : 0;
  const ranked = slides.map(({ title, text }, index) => {
    if (index + 1 === number) return { index, rank: 3 };
    if (hasAll(plain(title), words)) return { index, rank: 2 };
    return { index, rank: hasAll(plain(`${title} ${text}`), words) ? 1 : 0 };
  });
  return ranked
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank || one.index - other.index)
    .map(({ index }) => index);
}

function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

/** Without accents and capitals, so that `etape` finds « Étape ». */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}
