/**
 * The theme switch. A choice is kept in this browser and set as `data-scheme`, `data-contrast` or `data-projector` on
 * <html>; without one the system's theme rules. Whoever draws with colours of its own (a terminal) listens by `onThemeChange`.
 */
const STORAGE_KEY = 'podium-theme';
const CHANGE_EVENT = 'podium:theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

const themes = ['system', 'light', 'dark', 'contrast', 'projector'] as const;
type Theme = (typeof themes)[number];

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return themes.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  delete root.dataset['scheme'];
  if (theme === 'light' || theme === 'dark') root.dataset['scheme'] = theme;
  if (theme === 'contrast') root.dataset['contrast'] = 'more';
  else delete root.dataset['contrast'];
  root.toggleAttribute('data-projector', theme === 'projector');
  for (const select of themeSwitches()) select.value = theme;
  document.dispatchEvent(new Event(CHANGE_EVENT));
}

function storeTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

function themeSwitches(): NodeListOf<HTMLSelectElement> {
  return document.querySelectorAll<HTMLSelectElement>('select[data-theme-switch]');
}

/** Shows the stored theme in every switch of the page and follows them, and the switches of other tabs. */
export function connectThemeSwitches(): void {
  for (const select of themeSwitches()) {
    select.value = storedTheme();
    select.addEventListener('change', () => {
      const theme = select.value as Theme;
      storeTheme(theme);
      applyTheme(theme);
    });
  }
  addEventListener('storage', (event) => {
    if (event.key === STORAGE_KEY) applyTheme(storedTheme());
  });
}

/** Calls `listener` after every change of the ground, by the switch or by the system, until `signal` ends it. */
export function onThemeChange(listener: () => void, signal: AbortSignal): void {
  document.addEventListener(CHANGE_EVENT, listener, { signal });
  systemIsDark.addEventListener('change', listener, { signal });
}

/** What a token is right now, as a colour that a canvas understands; tokens themselves hold both grounds. */
export function resolveColour(token: `--${string}`, within: HTMLElement = document.documentElement): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  probe.hidden = true;
  within.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
