/** Keeps the screen on while the page is looked at (Screen Wake Lock API); browsers without it do as they always do. */
export function keepScreenOn(): void {
  const ask = (): void => {
    if (document.visibilityState !== 'visible') return;
    // Refused when the battery is low, for example; the next look at the page asks again.
    navigator.wakeLock?.request('screen').catch(() => undefined);
  };
  document.addEventListener('visibilitychange', ask);
  ask();
}
