/** Which showing of a deck this browser presents: its code, which is no secret. The key is in a cookie that no script reads. */

const keyOf = (deck: string): string => `podium-showing ${deck}`;

export function recallShowing(deck: string): string | undefined {
  return localStorage.getItem(keyOf(deck)) ?? undefined;
}

export function rememberShowing(deck: string, code: string | undefined): void {
  if (code === undefined) localStorage.removeItem(keyOf(deck));
  else localStorage.setItem(keyOf(deck), code);
}

/** Calls when another window of this browser begins or ends a showing of the deck. */
export function onShowingChange(deck: string, onChange: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === keyOf(deck)) onChange();
  });
}
