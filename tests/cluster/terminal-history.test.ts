/** What programs have drawn for long, and what a browser that comes later sees of it, on a real cluster. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { skippedWithoutCluster } from '../support/cluster.ts';
import type { PageTerminal } from '../support/page-terminal.ts';
import { createTerminalSite, type ClusterPerson, type TerminalSite } from '../support/terminal-site.ts';

const TEST_LIMIT_MS = 240_000;
/** The agent keeps one MiB, up to one and a half while it makes room: as much again has fallen out of it, twice. */
const BEYOND_KEPT_BYTES = 2 * 1024 * 1024;
/** All that may wait between the shell and the screen is full long before; the benchmark floods for a minute. */
const FLOOD_MS = 3_000;
/** A person waits no longer for a prompt; the benchmark measures it on a quiet machine. */
const PROMPT_LIMIT_MS = 2_000;
const WIDE = { columns: 100, rows: 30 };

/** Full-screen programs that draw without end, quickly: an hour's worth of what they would draw at their own pace. */
const programs: readonly { readonly name: string; readonly start: string; readonly freeze: string }[] = [
  { name: 'top', start: 'top -d 0', freeze: 'kill -STOP $(pgrep -x top)' },
  {
    name: 'vim',
    start:
      "seq -f 'line %g of a long file with ümlauts and 日本語' 1 3000 > ~/long; " +
      'vim -u NONE +"syntax on" +"set number" +"while 1 | exe \\"normal \\\\<C-f>\\" | if line(\\".\\") > 2900 | 1 | endif | redraw! | endwhile" ~/long',
    freeze: 'kill -STOP $(pgrep -x vim)',
  },
  {
    name: 'tmux',
    start:
      "tmux new-session 'top -d 0.01' \\; split-window -h 'while :; do seq 1 100; done' \\; set -g status-interval 1",
    freeze: 'kill -STOP $(pgrep tmux)',
  },
];

describe('a terminal with a long history', { skip: skippedWithoutCluster, timeout: 6 * TEST_LIMIT_MS }, () => {
  let site: TerminalSite;
  let person: ClusterPerson;
  let page: PageTerminal;
  before(async () => {
    site = await createTerminalSite();
  });
  after(() => site[Symbol.asyncDispose]());
  beforeEach(async () => {
    person = await site.createPerson();
    page = await person.open({ size: WIDE });
    await page.run('echo ready-$((40 + 2))', /ready-42/);
  });
  afterEach(() => person[Symbol.asyncDispose]());

  for (const { name, start, freeze } of programs) {
    it(`shows ${name} to a new browser as to the first`, { timeout: TEST_LIMIT_MS }, async () => {
      let bytes = 0;
      page.watch((drawn) => (bytes += drawn.length));
      page.type(`${start}\r`);
      await page.until(
        () => bytes > BEYOND_KEPT_BYTES,
        () => `${BEYOND_KEPT_BYTES} bytes of ${name}; there are ${bytes}`,
        TEST_LIMIT_MS,
      );
      await person.exec(freeze);
      await isQuiet(page);
      const second = await person.open({ size: WIDE, device: 'second' });
      await isQuiet(second);
      assert.deepEqual(second.picture, page.picture);
      // Not only empty alike.
      assert.ok(page.picture.lines.filter((line) => line !== '').length > 10);
    });
  }

  it('says how much of a flood a new browser will never see', { timeout: TEST_LIMIT_MS }, async () => {
    await page.run('seq 1 600000; echo end-$((40 + 2))', /end-42/);
    const second = await person.open({ device: 'second' });
    const state = second.states.at(-1);
    assert.ok(state?.kind === 'connected' && state.arrival.lostBytes > BEYOND_KEPT_BYTES, JSON.stringify(state));
    await second.sees(/end-42/);
  });

  it('gives a prompt soon after ^C on yes', { timeout: TEST_LIMIT_MS }, async () => {
    page.type('yes\r');
    await delay(FLOOD_MS);
    const pressed = performance.now();
    page.type('\u0003');
    // The image's prompt ends with this mark (OSC 133).
    await page.sees(/\^C[^]*\x1b\]133;B/);
    assert.ok(performance.now() - pressed < PROMPT_LIMIT_MS, `${performance.now() - pressed} ms`);
    await page.run('echo back-$((40 + 2))', /back-42/);
  });
});

/** Until what was drawn stays the same: what is stopped draws no more, and all of it has come. */
async function isQuiet(page: PageTerminal): Promise<void> {
  let seen: string | undefined;
  while (seen !== page.picture.drawing) {
    seen = page.picture.drawing;
    await delay(1_000);
  }
}
