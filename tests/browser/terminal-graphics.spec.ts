/** What draws the terminal: a graphics card where there is one, else xterm's own renderer. */
import type { Page } from '@playwright/test';
import { expect, LabPage, test } from './lab.ts';

/** What `UNMASKED_RENDERER_WEBGL` asks for (WEBGL_debug_renderer_info). */
const UNMASKED_RENDERER = 0x9246;

/** From now on pages take the emulation that the tests' browser has for a card. */
async function pretendCard(page: Page): Promise<void> {
  await page.addInitScript((asked) => {
    const { prototype } = WebGL2RenderingContext;
    const ask = Reflect.get(prototype, 'getParameter') as (this: WebGL2RenderingContext, name: number) => unknown;
    prototype.getParameter = function (name: number): unknown {
      return name === asked ? 'A graphics card' : ask.call(this, name);
    };
  }, UNMASKED_RENDERER);
}

const drawing = (page: Page) => page.locator('.xterm-screen canvas:not(.xterm-link-layer)');
const drawnRows = (page: Page) => page.locator('.xterm-rows > div');

test.describe('the terminal draws', () => {
  test('by itself where a graphics card is only played', async ({ page, localPodium }) => {
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await expect(drawnRows(page)).not.toHaveCount(0);
    await expect(drawing(page)).toHaveCount(0);
  });

  test('with WebGL where there is a card, and by itself when the card is taken away', async ({ page, localPodium }) => {
    await pretendCard(page);
    const lab = new LabPage(page);
    await lab.open(localPodium.url);
    await lab.start();
    await expect(drawing(page)).toHaveCount(1);
    await expect(drawnRows(page)).toHaveCount(0);
    await drawing(page).evaluate((canvas: HTMLCanvasElement) =>
      canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext(),
    );
    await lab.type('echo drawn-$((40 + 2))');
    await expect(page.locator('.xterm-rows')).toContainText('drawn-42');
  });
});
