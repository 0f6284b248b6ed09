/** The tab's own id: it stays through reloads, so that the page after a reload types at once where the page before it did. */

const STORAGE_KEY = 'podium-client';
const ID_BYTES = 16;
/** The page before a reload lets go of its id within this time; a copy of the tab, which has the same id, never does. */
const RELEASE_LIMIT_MS = 500;

let loaded: Promise<string> | undefined;

/** The id of this tab. A tab that was copied gets one of its own: two with the same would take the terminal from each other. */
export function clientId(): Promise<string> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<string> {
  const stored = storedId();
  if (stored !== null && (await isOurs(stored))) return stored;
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    sessionStorage.setItem(STORAGE_KEY, id);
  } catch {
    /* Storage is refused: a reload is then a tab like any other. */
  }
  await isOurs(id);
  return id;
}

function storedId(): string | null {
  try {
    return sessionStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

/** Holds the id for as long as the page lives. Outside HTTPS and loopback there are no locks; there a stored id is believed. */
function isOurs(id: string): Promise<boolean> {
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(RELEASE_LIMIT_MS);
    const hold = (): Promise<never> => {
      resolve(true);
      return new Promise(() => undefined);
    };
    navigator.locks.request(`${STORAGE_KEY}-${id}`, { signal }, hold).catch(() => resolve(false));
  });
}
