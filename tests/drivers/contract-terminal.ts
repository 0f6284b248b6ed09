import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { MAX_TERMINALS } from '../../sandbox-server/protocol/frames.ts';
import { TerminalPlayer } from '../support/terminal-player.ts';
import { describeTerminals, hasCode, makeOwner, never, type Subject } from './contract-subject.ts';

export function describeTerminal(subject: Subject): void {
  describeTerminals('a terminal', subject, (desk) => {
    it('runs what is typed and shows what it prints', async () => {
      const player = await desk.open();
      await player.run('echo answer-$((40 + 2))', /answer-42/);
    });

    it('says at first that the shell is new, who writes, and how large it is', async () => {
      const player = desk.make({ device: 'a laptop', size: { columns: 100, rows: 30 } });
      const opened = await player.connect();
      const { epoch, writer, ...rest } = opened;
      assert.deepEqual(rest, {
        type: 'opened',
        isNew: true,
        offset: 0,
        liveOffset: rest.liveOffset,
        lostBytes: 0,
        inputSequence: 0,
        role: 'writer',
        columns: 100,
        rows: 30,
      });
      assert.equal(writer?.device, 'a laptop');
      assert.notEqual(epoch, '');
      assert.equal(player.events[0]?.type, 'opened');
    });

    it('carries every character, also when its bytes come one by one', async () => {
      const player = await desk.open();
      for (const byte of Buffer.from("printf '<%s>' 'grüße 日本語 🙂'\r")) player.type(Uint8Array.of(byte));
      await player.waitFor(/<grüße 日本語 🙂>/);
    });

    it('gives all of a large output', async () => {
      const player = await desk.open();
      let count = 0;
      await player.run("stty -echo; PS1=''; echo quiet-$((40 + 2))", /quiet-42\r\n/);
      player.onBytes = (bytes) => {
        for (const byte of bytes) if (byte === 0x58) count += 1;
      };
      await player.run("head -c 3000000 /dev/zero | tr '\\0' X; echo end-$((40 + 2))", /end-42\r\n/);
      assert.equal(count, 3_000_000);
    });

    it('takes the size that it is given, at first and later', async () => {
      const player = await desk.open({ size: { columns: 100, rows: 30 } });
      await player.run('stty size', /30 100/);
      player.resize({ columns: 132, rows: 43 });
      await player.waitForEvent('size', ({ columns, rows }) => columns === 132 && rows === 43);
      await player.run('stty size', /43 132/);
    });

    it('says for which size output is made before it comes', async () => {
      const player = await desk.open({ size: { columns: 100, rows: 30 } });
      let current = '30 100';
      const early: string[] = [];
      player.onBytes = (bytes) => {
        const size = player.eventsOf('size').at(-1);
        if (size) current = `${size.rows} ${size.columns}`;
        for (const [said] of Buffer.from(bytes)
          .toString()
          .matchAll(/^3\d 9\d/gm))
          if (said > current) early.push(said);
      };
      player.type('while :; do stty size; sleep 0.02; done\r');
      for (const size of [
        { columns: 90, rows: 31 },
        { columns: 91, rows: 32 },
        { columns: 92, rows: 33 },
      ]) {
        player.resize(size);
        await player.waitFor(new RegExp(`^${size.rows} ${size.columns}`, 'm'));
      }
      assert.deepEqual(early, []);
      assert.equal(player.eventsOf('size').length, 3);
    });

    it('lets ^C end what floods it', async () => {
      const player = await desk.open();
      await player.run('yes', /(y\r\n){100}/);
      player.type('\u0003');
      await player.run('echo back-$((40 + 2))', /back-42/);
    });

    it(`is one of ${MAX_TERMINALS} that are known to each other, and no more are given`, async () => {
      const players = [];
      for (let each = 0; each < MAX_TERMINALS; each += 1) players.push(await desk.open());
      await Promise.all(players.map((player, index) => player.run(`echo $((${index} + 40))-here`, /4\d-here/)));
      const names = players.map(({ terminal }) => terminal).toSorted();
      for (const player of players)
        await player.waitForEvent('terminals', (event) => names.every((name) => event.names.includes(name)));
      await assert.rejects(desk.open(), hasCode('too_many_terminals'));
    });

    it('is refused in a sandbox that is not there', async () => {
      const id = sandboxId(makeOwner(), 'nowhere');
      using player = new TerminalPlayer({
        attach: (order, onEvent) => subject.driver.attach(id, order, onEvent, never),
      });
      await assert.rejects(player.connect(), hasCode('sandbox_unknown'));
    });

    it('is not opened once it was cancelled', async () => {
      using player = new TerminalPlayer({
        attach: (order, onEvent) =>
          subject.driver.attach(desk.sandboxId, order, onEvent, AbortSignal.abort(new Error('gone'))),
      });
      await assert.rejects(player.connect(), /gone/);
    });
  });
}
