/** What the reader chose and the browser remembers. Where storage is refused, a choice lasts as long as the page. */

/** The remembered text, or null where there is none. */
export function loadPreference(name: string): string | null {
  try {
    return localStorage.getItem(`podium-${name}`);
  } catch {
    return null;
  }
}

export function savePreference(name: string, value: string): void {
  try {
    localStorage.setItem(`podium-${name}`, value);
  } catch {
    /* Private windows and full storage refuse; the choice still holds on this page. */
  }
}
