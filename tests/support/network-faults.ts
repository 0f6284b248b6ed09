/** What a bad network does to a terminal, whatever gives its shell: nothing that the learner could not have without it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CountedStream } from './counted-stream.ts';
import type { PageTerminal } from './page-terminal.ts';
import { chooseSeed, makeRandom } from './seeded-random.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { Person } from './person.ts';

/** Thirty connections one after the other on a busy machine. */
const TEST_LIMIT_MS = 180_000;
/** The benchmark makes 500. A minute's worth of what one person may ask for is 60. */
const CUTS = 30;
/** Within a few frames, and so within headers, handshakes and bodies. */
const MAX_BYTES_BETWEEN_CUTS = 48 * 1024;
const LINES = 40_000;
/** Longer than the agent waits for the writer's ack, so that it reads on by itself. */
const BEYOND_ACK_LIMIT_MS = 7_000;

export interface NetworkedSite extends AsyncDisposable {
  /** Between pages and the server. */
  readonly network: FaultProxy;
  createPerson(): Promise<Person>;
}

export function describeNetworkFaults(name: string, createSite: () => Promise<NetworkedSite>): void {
  describe(`a terminal over a bad network, ${name}`, { timeout: 12 * TEST_LIMIT_MS }, () => {
    let site: NetworkedSite;
    let person: Person;
    let page: PageTerminal;
    let shell: string;
    before(async () => {
      site = await createSite();
    });
    after(() => site[Symbol.asyncDispose]());
    beforeEach(async () => {
      person = await site.createPerson();
      page = await person.open();
      shell = await shellOf(page);
    });
    afterEach(async () => {
      site.network.setFault({ kind: 'none' });
      await person[Symbol.asyncDispose]();
    });

    const shellOf = async (of: PageTerminal) => (await of.run('echo shell-$$-', /shell-(\d+)-/))[1] ?? '';
    const isSameShell = async () => assert.equal(await shellOf(page), shell);

    it('is the same shell after a cut', async () => {
      await page.run('made=before; cd /tmp; echo set-$((40 + 2))', /set-42/);
      site.network.resetAll();
      await page.connected(2);
      await isSameShell();
      await page.run('echo $made-$PWD-', /before-\/tmp-/);
    });

    it(`shows every byte once over ${CUTS} cuts at random bytes`, { timeout: TEST_LIMIT_MS }, async (context) => {
      const seed = chooseSeed();
      context.diagnostic(`PODIUM_TEST_SEED=${seed}`);
      const random = makeRandom(seed);
      const stream = new CountedStream(page, 'cuts', LINES);
      for (let cut = 0; cut < CUTS; cut += 1) {
        const connections = page.connections;
        await site.network.cutAfter({ direction: 'down', afterBytes: Math.floor(random() * MAX_BYTES_BETWEEN_CUTS) });
        // A cut may also come before there is a connection again: in the ticket's answer or in the handshake.
        if (random() < 0.8) await page.connected(connections + 1);
      }
      await stream.complete(TEST_LIMIT_MS);
      assert.equal(page.gapBytes, 0);
      await isSameShell();
    });

    it('types every line once that was in flight when it was cut', { timeout: TEST_LIMIT_MS }, async (context) => {
      const seed = chooseSeed();
      context.diagnostic(`PODIUM_TEST_SEED=${seed}`);
      const random = makeRandom(seed);
      await page.run('stty -echo; cat > ~/typed & fg; echo', /typed/);
      let expected = '';
      for (let cut = 0; cut < CUTS; cut += 1) {
        const isCut = site.network.cutAfter({ direction: 'up', afterBytes: Math.floor(random() * 2_000) });
        let hasCut = false;
        void isCut.then(() => (hasCut = true));
        for (let line = 0; !hasCut; line += 1) {
          const text = `${cut} ${line} ${'x'.repeat(Math.floor(random() * 60))}\n`;
          // What is kept until the shell has it is limited; a person at a keyboard never gets there.
          while (!page.client.type(text)) await delay(5);
          expected += text;
          await delay(1);
        }
      }
      await page.connected(2);
      page.type('\u0004');
      await page.run('stty echo; echo size-$(wc -c < ~/typed)-', new RegExp(`size-${expected.length}-`));
      const sha256 = createHash('sha256').update(expected).digest('hex');
      await page.run('sha256sum ~/typed', new RegExp(`\\b${sha256}\\b`));
    });

    it('goes on after a connection that was half open', async () => {
      const stream = new CountedStream(page, 'half-open', LINES);
      await stream.reaches(10_000, TEST_LIMIT_MS);
      site.network.setFault({ kind: 'half-open' });
      await delay(BEYOND_ACK_LIMIT_MS);
      site.network.setFault({ kind: 'none' });
      // As a browser that is told that it is online.
      page.client.wake();
      await page.connected(2);
      await isSameShell();
    });

    it('loses nothing while the network stalls', async () => {
      // Less than is kept, so that all of it can come although the shell was not held back.
      const stream = new CountedStream(page, 'stall', LINES / 2);
      await stream.reaches(10_000, TEST_LIMIT_MS);
      site.network.setFault({ kind: 'stall' });
      await delay(BEYOND_ACK_LIMIT_MS);
      site.network.setFault({ kind: 'none' });
      await stream.complete(TEST_LIMIT_MS);
      await isSameShell();
    });

    it('comes back when there is a network again, with what was typed meanwhile', async () => {
      site.network.setFault({ kind: 'offline' });
      await page.until(
        () => page.state === 'waiting',
        () => 'the loss of the connection',
      );
      page.type('echo typed-$((40 + 2))\r');
      site.network.setFault({ kind: 'none' });
      page.client.wake();
      await page.connected(2);
      await page.sees(/typed-42/);
      assert.equal(page.text.split('typed-42').length, 2);
      await isSameShell();
    });

    for (const fault of [{ kind: 'trickle' }, { kind: 'delay', delayMs: 200 }] as const) {
      it(`carries keys and output where the network does nothing but ${fault.kind}`, async () => {
        site.network.setFault(fault);
        site.network.resetAll();
        await page.connected(2);
        await page.run("printf '<%s>' 'gr\u00fc\u00dfe \u65e5\u672c\u8a9e'", /<gr\xc3\xbc\xc3\x9fe \xe6/);
        const stream = new CountedStream(page, fault.kind, 4_000);
        await stream.complete(TEST_LIMIT_MS);
        await isSameShell();
      });
    }
  });
}
