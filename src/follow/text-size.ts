/** How large a follower wants the slides: kept for the next time, and on top of the browser's own zoom. */
const KEY = 'podium-follow-size';
const SIZES = [0.85, 1, 1.2, 1.5, 1.9, 2.4] as const;
const FIRST = 1;

export function connectTextSize(root: HTMLElement): void {
  let size = Number(localStorage.getItem(KEY) ?? FIRST);
  const apply = (by: number): void => {
    size = Math.min(SIZES.length - 1, Math.max(0, Math.trunc(size + by) || 0));
    root.style.setProperty('--follow-size', String(SIZES[size] ?? 1));
    localStorage.setItem(KEY, String(size));
  };
  root.querySelector('[data-smaller]')?.addEventListener('click', () => apply(-1));
  root.querySelector('[data-larger]')?.addEventListener('click', () => apply(1));
  apply(0);
}
