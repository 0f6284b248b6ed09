import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeTerminals, type Subject } from './contract-subject.ts';

export function describeWriters(subject: Subject): void {
  describeTerminals('who types', subject, (desk) => {
    it('is the first who wishes to; the next one is told who it is', async () => {
      const player = await desk.open({ device: 'a laptop' });
      const other = desk.make({ terminal: player.terminal });
      const { role, writer } = await other.connect();
      assert.deepEqual([role, writer?.device], ['viewer', 'a laptop']);
    });

    it('is nobody while all only wish to view', async () => {
      const viewer = desk.make({ wish: 'view' });
      const { role, writer } = await viewer.connect();
      assert.deepEqual([role, writer], ['viewer', null]);
      const player = desk.make({ terminal: viewer.terminal, device: 'a laptop' });
      assert.equal((await player.connect()).role, 'writer');
      const told = await viewer.waitForEvent('role', ({ writer: who }) => who !== null);
      assert.deepEqual([told.role, told.writer?.device], ['viewer', 'a laptop']);
    });

    it('is not a viewer: what it types and its size are not heard', async () => {
      const player = await desk.open({ size: { columns: 100, rows: 30 } });
      const viewer = await desk.open({ terminal: player.terminal, wish: 'view', size: { columns: 50, rows: 10 } });
      viewer.type('echo intruder-$((40 + 2))\r');
      viewer.resize({ columns: 40, rows: 8 });
      assert.match(await player.run('echo size-$(stty size | tr " " x)-', /size-\d+x\d+-/), /size-30x100-/);
      assert.doesNotMatch(player.text, /intruder/);
      await viewer.waitFor(/size-30x100-/);
      assert.deepEqual([...player.eventsOf('size'), ...viewer.eventsOf('size')], []);
    });

    it('is whoever takes over, with the size of its window; the former one is told', async () => {
      const player = await desk.open({ device: 'a laptop', size: { columns: 100, rows: 30 } });
      const other = await desk.open({ terminal: player.terminal, device: 'a phone', size: { columns: 50, rows: 10 } });
      other.take();
      const told = await player.waitForEvent('role');
      assert.deepEqual([told.role, told.writer?.device], ['viewer', 'a phone']);
      assert.equal((await other.waitForEvent('role')).role, 'writer');
      await player.waitForEvent('size', ({ columns, rows }) => columns === 50 && rows === 10);
      await other.run('echo size-$(stty size | tr " " x)-', /size-10x50-/);
      player.type('echo late-$((40 + 2))\r');
      await other.run('echo mine-$((40 + 2))', /mine-42/);
      assert.doesNotMatch(other.text, /late/);

      player.take();
      await player.waitForEvent('role', ({ role }) => role === 'writer');
      await player.run('echo again-$((40 + 2))', /again-42/);
      assert.doesNotMatch(player.text, /late/);
    });

    it('is the viewer who wished to first, once the writer has been gone for 5 s', async () => {
      const player = await desk.open({ device: 'a laptop' });
      const viewer = await desk.open({ terminal: player.terminal, wish: 'view' });
      const second = await desk.open({ terminal: player.terminal, device: 'a phone' });
      await desk.open({ terminal: player.terminal, device: 'a third' });
      const begun = performance.now();
      player.disconnect();
      assert.equal((await second.waitForEvent('role')).role, 'writer');
      assert.ok(performance.now() - begun > 4_900, 'the place was not kept');
      await second.run('echo second-$((40 + 2))', /second-42/);
      assert.equal((await viewer.waitForEvent('role')).writer?.device, 'a phone');
    });

    it('is the one who was cut off, as soon as it is back, whoever watches meanwhile', async () => {
      const player = await desk.open({ device: 'a laptop' });
      const watcher = await desk.open({ terminal: player.terminal });
      player.disconnect();
      const late = desk.make({ terminal: player.terminal });
      const { role, writer } = await late.connect();
      assert.deepEqual([role, writer?.device], ['viewer', 'a laptop']);
      assert.equal((await player.connect()).role, 'writer');
      await player.run('echo still-$((40 + 2))', /still-42/);
      assert.ok(watcher.eventsOf('role').every((event) => event.role === 'viewer'));

      player.disconnect();
      watcher.take();
      await watcher.waitForEvent('role', (event) => event.role === 'writer');
      await watcher.run('echo taken-$((40 + 2))', /taken-42/);
      assert.equal((await player.connect()).role, 'viewer');
    });

    it('is the same tab at once after a reload, also while its old connection still hangs', async () => {
      const player = await desk.open({ device: 'a laptop' });
      const reloaded = desk.make({ terminal: player.terminal, client: player.client, device: 'a laptop' });
      const { role, inputSequence } = await reloaded.connect();
      assert.deepEqual([role, inputSequence], ['writer', 0]);
      assert.equal((await player.waitForEvent('role')).role, 'viewer');
      await reloaded.run('echo reloaded-$((40 + 2))', /reloaded-42/);
      player.disconnect();
      await reloaded.run('echo still-$((40 + 2))', /still-42/);
    });
  });
}
