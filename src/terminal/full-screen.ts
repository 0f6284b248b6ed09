/**
 * The terminal alone on the screen. Escape belongs to the shell, so the browser's own full screen is used only where Escape
 * can be kept from ending it (Keyboard Lock); elsewhere the terminal fills the window.
 */

export interface FullScreen {
  toggle(): void;
  leave(): void;
}

/** Chromium's Keyboard Lock (wicg.github.io/keyboard-lock), which the DOM types do not know. */
interface KeyboardLock {
  lock(keys: readonly string[]): Promise<void>;
  unlock(): void;
}

/** Full screen for `host`, until `signal` ends it. */
export function createFullScreen(
  host: HTMLElement,
  onChange: (isFull: boolean) => void,
  signal: AbortSignal,
): FullScreen {
  const keyboard = (navigator as Navigator & { readonly keyboard?: Partial<KeyboardLock> }).keyboard;
  const show = (isFull: boolean): void => {
    host.toggleAttribute('data-full', isFull);
    onChange(isFull);
  };
  const onFullScreenChange = (): void => {
    if (document.fullscreenElement === host) return;
    keyboard?.unlock?.();
    show(false);
  };
  document.addEventListener('fullscreenchange', onFullScreenChange, { signal });
  const enter = async (): Promise<void> => {
    show(true);
    if (keyboard?.lock === undefined || !document.fullscreenEnabled) return;
    try {
      await host.requestFullscreen();
      await keyboard.lock(['Escape']);
    } catch {
      /* Refused by the browser or its owner: it fills the window. */
    }
  };
  const leave = (): void => {
    if (document.fullscreenElement === host) void document.exitFullscreen();
    if (host.hasAttribute('data-full')) show(false);
  };
  return { toggle: () => (host.hasAttribute('data-full') ? leave() : void enter()), leave };
}
