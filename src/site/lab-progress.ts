/** Fills the progress bars of the list of labs from what this browser remembers. */
import { loadProgress } from '../lab/progress.ts';

export function showLabProgress(): void {
  for (const bar of document.querySelectorAll<HTMLElement>('[data-lab-progress]')) {
    const checks = (bar.dataset['checks'] ?? '').split(' ').filter((name) => name !== '');
    const passed = new Set(loadProgress(bar.dataset['labProgress'] ?? '').done);
    const done = checks.filter((name) => passed.has(name)).length;
    if (done === 0) continue;
    const words = bar.querySelector('.words');
    const filled = bar.querySelector<HTMLElement>('.filled');
    if (words === null || filled === null) continue;
    words.textContent = (bar.dataset['text'] ?? '')
      .replace('{done}', String(done))
      .replace('{all}', String(checks.length));
    filled.style.width = `${(done / checks.length) * 100}%`;
    bar.hidden = false;
  }
}
