/** What a screen reader is given to say: every paragraph that the page puts into its live region, in order. */
import type { Page } from '@playwright/test';

/** Listens from now on; the answer tells what was said until then. */
export async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  const said = await page.evaluateHandle(() => {
    const heard: string[] = [];
    new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const node of addedNodes) {
          if (node instanceof HTMLElement && node.parentElement?.matches('[data-announcer]'))
            heard.push(node.innerText);
        }
      }
    }).observe(document.body, { childList: true, subtree: true });
    return heard;
  });
  return () => said.jsonValue();
}
