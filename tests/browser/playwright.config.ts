/**
 * Browser tests, in Debian's Chromium: nothing is downloaded. `PODIUM_TEST_URL` is a Podium with a real cluster, for the
 * learner's whole way; what only concerns the page runs against a server of the test's own with the local driver.
 */
import { defineConfig } from '@playwright/test';

/** A cold start on a machine with two cores that also runs the cluster. */
const TEST_LIMIT_MS = 90_000;
const EXPECT_LIMIT_MS = 20_000;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/browser',
  timeout: TEST_LIMIT_MS,
  expect: { timeout: EXPECT_LIMIT_MS },
  workers: 1,
  forbidOnly: true,
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] },
  },
});
