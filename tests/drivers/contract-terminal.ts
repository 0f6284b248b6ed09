/** The drivers' contract: a terminal. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Driver, Terminal } from '../../sandbox-server/driver/driver.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { hasCode, makeOwner, never, SIZE, TEST_LIMIT_MS, type Start } from './contract-ground.ts';
import { readTerminal } from './terminal-reader.ts';

export function describeTerminal(driver: () => Driver, start: Start): void {
  describe('a terminal', { timeout: TEST_LIMIT_MS }, () => {
    let id = '';
    before(async () => {
      id = (await start()).id;
    });
    after(() => driver().end(id, never));
    const open = (size = SIZE): Promise<Terminal> => driver().openTerminal(id, size, never);

    it('runs what is typed and shows what it prints', async () => {
      await using terminal = await open();
      await readTerminal(terminal).run('echo answer-$((40 + 2))', /answer-42/);
    });

    it('carries every character, also when its bytes come one by one', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      for (const byte of Buffer.from("printf '<%s>' 'grüße 日本語 🙂'\r")) await terminal.write(Uint8Array.of(byte));
      await reader.waitFor(/<grüße 日本語 🙂>/);
    });

    it('gives all of a large output', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      await reader.run("stty -echo; PS1=''; echo quiet-$((40 + 2))", /quiet-42\r\n/);
      const countBefore = reader.count('X');
      await reader.run("head -c 3000000 /dev/zero | tr '\\0' X; echo end-$((40 + 2))", /end-42\r\n/);
      assert.equal(reader.count('X') - countBefore, 3_000_000);
    });

    it('takes all of a large paste', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      const line = `${'0123456789'.repeat(10)}\n`;
      await reader.run("stty -echo; PS1=''; echo quiet-$((40 + 2))", /quiet-42/);
      await terminal.write(Buffer.from('cat > ~/paste\r'));
      for (let count = 0; count < 1000; count += 1) await terminal.write(Buffer.from(line));
      await terminal.write(Buffer.from('\u0004'));
      await reader.run('echo size-$(wc -c < ~/paste)', new RegExp(`size-${line.length * 1000}\\b`));
    });

    it('holds a program back whose output nobody reads, and ends it when it is closed', async () => {
      await using observer = await open();
      const watching = readTerminal(observer);
      const flooded = await open();
      await flooded.write(Buffer.from('echo $$ > ~/flood.pid; exec yes\r'));
      await watching.run(
        'until [ -s ~/flood.pid ]; do sleep 0.1; done; pid=$(cat ~/flood.pid); echo found-$((40 + 2))',
        /found-42/,
      );
      // Held back: half a second in which not one byte was written.
      const written = `$(awk '/wchar/ { print $2 }' /proc/$pid/io)`;
      await watching.run(
        `was=none; until [ "$was" = "${written}" ]; do was="${written}"; sleep 0.5; done; echo held-$((40 + 2))-$was-`,
        /held-42-\d+-/,
      );
      const [, bytes] = await watching.waitFor(/held-42-(\d+)-/);
      assert.ok(Number(bytes) > 4096 && Number(bytes) < 16 * 1024 * 1024, `${bytes} bytes were taken`);
      await flooded[Symbol.asyncDispose]();
      await watching.run('while kill -0 $pid; do sleep 0.1; done 2>/dev/null; echo ended-$((40 + 2))', /ended-42/);
    });

    it('ends what runs in the foreground when it is closed', async () => {
      await using observer = await open();
      const watching = readTerminal(observer);
      const terminal = await open();
      await readTerminal(terminal).run("sh -c 'echo $$ > ~/job.pid; echo job-$((40 + 2)); exec sleep 1000'", /job-42/);
      await watching.run('pid=$(cat ~/job.pid); kill -0 $pid && echo alive-$((40 + 2))', /alive-42/);
      await terminal[Symbol.asyncDispose]();
      await watching.run('while kill -0 $pid; do sleep 0.1; done 2>/dev/null; echo ended-$((40 + 2))', /ended-42/);
    });

    it('takes the size that it is given, at first and later', async () => {
      await using terminal = await open({ columns: 100, rows: 30 });
      const reader = readTerminal(terminal);
      await reader.run('stty size', /30 100/);
      terminal.resize({ columns: 132, rows: 43 });
      await reader.run('until [ "$(stty size)" = "43 132" ]; do sleep 0.1; done; echo size-$((40 + 2))', /size-42/);
    });

    it('lets ^C end what floods it', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      await reader.run('yes', /(y\r\n){100}/);
      await reader.type('\u0003');
      await reader.run('echo back-$((40 + 2))', /back-42/);
    });

    for (const status of [0, 7]) {
      it(`ends with the shell's status ${status}, and its output with it`, async () => {
        await using terminal = await open();
        const reader = readTerminal(terminal);
        await reader.type(`echo bye-$((40 + 2)); exit ${status}\r`);
        assert.equal(await terminal.exited, status);
        await reader.ended;
        assert.match(reader.text, /bye-42/);
      });
    }

    it('is refused in a sandbox that is not there', async () => {
      await assert.rejects(
        driver().openTerminal(sandboxId(makeOwner(), 'nowhere'), SIZE, never),
        hasCode('sandbox_unknown'),
      );
    });

    it('is not opened once it was cancelled', async () => {
      await assert.rejects(driver().openTerminal(id, SIZE, AbortSignal.abort(new Error('gone'))), /gone/);
    });
  });
}
