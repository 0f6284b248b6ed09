/** What a bad network does to a terminal, whatever gives its shell: nothing that the learner could not have without it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CountedStream } from './counted-stream.ts';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';
import type { PageTerminal } from './page-terminal.ts';
import { createPerson } from './person.ts';
import { chooseSeed, makeRandom } from './seeded-random.ts';

/** Thirty connections one after the other on a busy machine. */
const TEST_LIMIT_MS = 180_000;
/** Each test has a person and a network of its own, and most of them mainly wait. */
const AT_ONCE = 3;
/** The benchmark makes 500. A minute's worth of what one person may ask for is 60. */
const CUTS = 30;
/** Within a few frames, and so within headers, handshakes and bodies. */
const MAX_BYTES_BETWEEN_CUTS = 48 * 1024;
const LINES = 40_000;
/** Longer than the agent waits for the writer's ack, so that it reads on by itself. */
const BEYOND_ACK_LIMIT_MS = 7_000;

export interface ServedSite extends AsyncDisposable {
  readonly server: { readonly port: number };
}

/** Somebody new whose page comes through a network that only they have. */
interface Visit extends AsyncDisposable {
  readonly network: FaultProxy;
  readonly page: PageTerminal;
  isSameShell(): Promise<void>;
}

async function createVisit(site: ServedSite): Promise<Visit> {
  await using resources = new AsyncDisposableStack();
  const network = resources.use(await createFaultProxy({ port: site.server.port }));
  const person = resources.use(await createPerson(`http://127.0.0.1:${network.port}`));
  // Last made, first done: the person's farewell needs a network.
  resources.defer(() => network.setFault({ kind: 'none' }));
  const page = await person.open();
  const shellOf = async () => (await page.run('echo shell-$$-', /shell-(\d+)-/))[1] ?? '';
  const shell = await shellOf();
  const owned = resources.move();
  return {
    network,
    page,
    isSameShell: async () => assert.equal(await shellOf(), shell),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function describeNetworkFaults(name: string, createSite: () => Promise<ServedSite>): void {
  const options = { timeout: 12 * TEST_LIMIT_MS, concurrency: AT_ONCE };
  describe(`a terminal over a bad network, ${name}`, options, () => {
    let site: ServedSite;
    before(async () => {
      site = await createSite();
    });
    after(() => site[Symbol.asyncDispose]());

    it('is the same shell after a cut', async () => {
      await using visit = await createVisit(site);
      const { network, page } = visit;
      await page.run('made=before; cd /tmp; echo set-$((40 + 2))', /set-42/);
      network.resetAll();
      await page.connected(2);
      await visit.isSameShell();
      await page.run('echo $made-$PWD-', /before-\/tmp-/);
    });

    it(`shows every byte once over ${CUTS} cuts at random bytes`, { timeout: TEST_LIMIT_MS }, async (context) => {
      await using visit = await createVisit(site);
      const { network, page } = visit;
      const seed = chooseSeed();
      context.diagnostic(`PODIUM_TEST_SEED=${seed}`);
      const random = makeRandom(seed);
      let stream = new CountedStream(page, 'cuts', LINES);
      for (let cut = 0; cut < CUTS; cut += 1) {
        const connections = page.connections;
        const isCut = network.cutAfter({
          direction: 'down',
          afterBytes: Math.floor(random() * MAX_BYTES_BETWEEN_CUTS),
        });
        let hasCut = false;
        void isCut.then(() => (hasCut = true));
        await page.until(
          () => hasCut || stream.isOver,
          () => `cut ${cut}`,
        );
        if (!hasCut) {
          // A busy machine lets much pass before the cut is ordered: there must be more.
          await stream.complete(TEST_LIMIT_MS);
          stream = new CountedStream(page, `cuts-${cut}`, LINES);
          await isCut;
        }
        // A cut may also come before there is a connection again: in the ticket's answer or in the handshake.
        if (random() < 0.8) await page.connected(connections + 1);
      }
      await stream.complete(TEST_LIMIT_MS);
      assert.equal(page.gapBytes, 0);
      await visit.isSameShell();
    });

    it('types every line once that was in flight when it was cut', { timeout: TEST_LIMIT_MS }, async (context) => {
      await using visit = await createVisit(site);
      const { network, page } = visit;
      const seed = chooseSeed();
      context.diagnostic(`PODIUM_TEST_SEED=${seed}`);
      const random = makeRandom(seed);
      await page.run('stty -echo; cat > ~/typed & fg; echo', /typed/);
      let expected = '';
      for (let cut = 0; cut < CUTS; cut += 1) {
        const isCut = network.cutAfter({ direction: 'up', afterBytes: Math.floor(random() * 2_000) });
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
      await using visit = await createVisit(site);
      const { network, page } = visit;
      const stream = new CountedStream(page, 'half-open', LINES);
      await stream.reaches(10_000, TEST_LIMIT_MS);
      network.setFault({ kind: 'half-open' });
      await delay(BEYOND_ACK_LIMIT_MS);
      network.setFault({ kind: 'none' });
      // As a browser that is told that it is online.
      page.client.wake();
      await page.connected(2);
      await visit.isSameShell();
    });

    it('loses nothing while the network stalls', async () => {
      await using visit = await createVisit(site);
      const { network, page } = visit;
      // Less than is kept, so that all of it can come although the shell was not held back.
      const stream = new CountedStream(page, 'stall', LINES / 2);
      await stream.reaches(10_000, TEST_LIMIT_MS);
      network.setFault({ kind: 'stall' });
      await delay(BEYOND_ACK_LIMIT_MS);
      network.setFault({ kind: 'none' });
      await stream.complete(TEST_LIMIT_MS);
      await visit.isSameShell();
    });

    it('comes back when there is a network again, with what was typed meanwhile', async () => {
      await using visit = await createVisit(site);
      const { network, page } = visit;
      network.setFault({ kind: 'offline' });
      await page.until(
        () => page.state === 'waiting',
        () => 'the loss of the connection',
      );
      page.type('echo typed-$((40 + 2))\r');
      network.setFault({ kind: 'none' });
      page.client.wake();
      await page.connected(2);
      await page.sees(/typed-42/);
      assert.equal(page.text.split('typed-42').length, 2);
      await visit.isSameShell();
    });

    for (const fault of [{ kind: 'trickle' }, { kind: 'delay', delayMs: 200 }] as const) {
      it(`carries keys and output where the network does nothing but ${fault.kind}`, async () => {
        await using visit = await createVisit(site);
        const { network, page } = visit;
        network.setFault(fault);
        network.resetAll();
        await page.connected(2);
        await page.run("printf '<%s>' 'gr\u00fc\u00dfe \u65e5\u672c\u8a9e'", /<gr\xc3\xbc\xc3\x9fe \xe6/);
        const stream = new CountedStream(page, fault.kind, 4_000);
        await stream.complete(TEST_LIMIT_MS);
        await visit.isSameShell();
      });
    }
  });
}
