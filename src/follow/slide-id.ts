/** By what a slide is found again in another language: the id that its author gave it, else its place. */
export function slideIdOf(section: Element, h: number, v: number): string {
  return section.id || `${h}-${v}`;
}
