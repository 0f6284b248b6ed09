/** The suite "build": what a fresh machine has to make before anything can be tested. Fast when it is all there. */
import { buildParts } from '../../deploy/cluster/parts.ts';
import { buildServerImage } from '../../deploy/images/build.ts';
import { cacheDirectory } from '../../deploy/launch/directories.ts';
import { ensurePackages } from '../../deploy/launch/debian-packages.ts';
import { prepare } from '../../deploy/launch/prepare.ts';
import { makeConsoleLine } from '../../deploy/launch/progress.ts';
import { buildSiteIfStale } from '../../deploy/launch/site-build.ts';
import type { Outcome } from './programs.ts';

/** Real browsers and what drives them. Chromium is driven by Playwright, the others by WebDriver. */
const BROWSER_PACKAGES = ['chromium', 'firefox-esr', 'webkit2gtk-driver', 'xvfb'];

/** A registry to push images into, what pushes them, what reads the labs' shell scripts, and a database that servers share. */
const TOOL_PACKAGES = ['docker-registry', 'skopeo', 'shellcheck', 'postgresql', 'curl'];

/** What tests run in a terminal of the local driver, whose shells have only what the machine has. */
const TERMINAL_PACKAGES = ['htop', 'less', 'tmux', 'vim'];

export async function buildEverything(root: string, withCluster: boolean): Promise<Outcome> {
  const say = (line: string) => process.stdout.write(`podium: ${line}\n`);
  const { signal } = new AbortController();
  let failed = 0;
  let passed = 0;
  const step = async (name: string, work: () => Promise<unknown>) => {
    try {
      await work();
      passed += 1;
    } catch (error) {
      failed += 1;
      say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await step('The site', () => buildSiteIfStale(root, say, signal));
  if (!withCluster) return { passed, failed, skipped: 0 };
  await step('Programs that tests use', async () => {
    const packages = [...BROWSER_PACKAGES, ...TOOL_PACKAGES, ...TERMINAL_PACKAGES];
    const outcome = await ensurePackages(packages, 'tests', say, signal);
    if (!outcome.ok) throw new Error(`${outcome.reason}. By hand: ${outcome.byHand}`);
  });
  await step('Binaries and images', () =>
    prepare({ cacheDir: cacheDirectory(process.env), say, onProgress: (work) => say(makeConsoleLine(work)), signal }),
  );
  await step('The image of the server', async () => {
    const cacheDir = cacheDirectory(process.env);
    const { directory, goBinary } = await buildParts({ cacheDir, signal });
    await buildServerImage({ cacheDir, partsDirectory: directory, goBinary, signal });
  });
  return { passed, failed, skipped: 0 };
}
