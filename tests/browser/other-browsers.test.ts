/** A learner's way in the browsers that Playwright does not bring along: Debian's Firefox and WebKit. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { DrivenPage, type BrowserWire } from './driven-browser.ts';
import { startFirefox } from './firefox.ts';
import { startLocalPodium } from './local-podium.ts';
import { startWebKit } from './webkit.ts';

/** A browser's start and a sandbox's, on a machine that does everything at once. */
const TEST_LIMIT_MS = 180_000;

const browsers: readonly {
  readonly name: string;
  readonly program: string;
  readonly debianPackages: string;
  readonly start: () => Promise<BrowserWire>;
}[] = [
  { name: 'Firefox', program: '/usr/bin/firefox-esr', debianPackages: 'firefox-esr', start: startFirefox },
  { name: 'WebKit', program: '/usr/bin/WebKitWebDriver', debianPackages: 'webkit2gtk-driver xvfb', start: startWebKit },
];

const screen = `document.querySelector('podium-terminal').screenText()`;

describe('a lab in another browser', () => {
  for (const { name, program, debianPackages, start } of browsers) {
    const skip = existsSync(program) ? false : `${program} is not here: apt-get install ${debianPackages}`;
    it(`goes from Start to Stop in ${name}`, { skip, timeout: TEST_LIMIT_MS }, async ({ signal }) => {
      const url = process.env['PODIUM_TEST_URL']?.replace(/\/$/, '');
      await using podium = url === undefined ? await startLocalPodium({ driver: 'local' }) : null;
      await using wire = await start();
      const page = new DrivenPage(wire);
      await page.open(`${url ?? podium?.url}/en/labs/first-steps/`);
      await page.until(`document.querySelector('[data-action="start"]')`, signal);
      await page.click('[data-action="start"]');
      await page.until(`document.querySelector('podium-terminal[data-connection="connected"]')`, signal);
      await page.until(`document.activeElement.matches('.xterm-helper-textarea')`, signal);
      await page.typeLine('echo sum-$((40 + 2))');
      await page.until(`${screen}.includes('sum-42')`, signal);
      await page.click('.lab-step[data-current] .block-run');
      await page.until(`/Client Version/.test(${screen}) || /kubectl version/.test(${screen})`, signal);
      await page.click('.xterm-screen');
      await page.pressChord('E');
      assert.equal(await page.read(`document.activeElement.matches('.xterm-helper-textarea')`), false);
      await page.click('.lab-step[data-current] [data-check] button');
      await page.until(`document.querySelector('.lab-step[data-current] [data-state="missing"]')`, signal);
      await page.click('[data-action="stop"]');
      await page.click('[data-action="stop-yes"]');
      await page.until(`document.querySelector('podium-terminal[data-phase="idle"]')`, signal);
    });
  }
});
