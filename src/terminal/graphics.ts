/** Which renderer draws the terminal. */
import { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';

/** What programs that play a graphics card on the processor call themselves: of Chromium, Mesa, Windows and macOS. */
const EMULATIONS = /swiftshader|llvmpipe|softpipe|basic render|software/i;

/**
 * WebGL draws fastest where there is a graphics card. It may be missing, be emulated, which takes a whole processor and draws
 * a tenth of what xterm's own renderer does, or be taken away again: then xterm's own renderer draws.
 */
export function loadWebgl(terminal: Terminal): void {
  if (!hasGraphicsCard()) return;
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch {
    // The renderer without WebGL is already at work.
  }
}

/** Not every browser keeps to what it is asked for here, so the name counts too; one that keeps the name to itself has a card. */
function hasGraphicsCard(): boolean {
  const probe = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (probe === null) return false;
  const details = probe.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = probe.getParameter(details?.UNMASKED_RENDERER_WEBGL ?? probe.RENDERER);
  // Browsers keep few contexts: this one is given back at once.
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  return !EMULATIONS.test(String(name));
}
