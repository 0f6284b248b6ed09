import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { spawn } from 'node-pty';
import { ensurePackages } from '../../deploy/launch/debian-packages.ts';
import { buildGoProgram } from '../support/agent-program.ts';
import { makeTerminal, ScreenModel, write } from '../support/screen-model.ts';
import { isBeyondDrawing, readScreen } from '../support/screen-state.ts';

const SIZE = { columns: 90, rows: 28 };
const CUTS = 60;
const ESCAPE = '\u001b';
/** Runs in the first pane and ends all of them. */
const PANES = `seq 60
tmux -S panes.sock split-window -h "printf '\\033[31mred\\033[0m 日本\\n'; seq 200; sleep 60"
ls -la /
tmux -S panes.sock split-window "ls -R /usr/share/doc | head -500; tmux -S panes.sock kill-server"
sleep 60
`;

/** Typed ahead, and ending with what ends the program. */
const programs: readonly { name: string; line: string; keys: string }[] = [
  {
    name: 'vim',
    line: 'vim -u NONE -N text',
    keys: `:set number hlsearch\r:syntax on\r/7\r:redraw\r\u0006:redraw!\r:split\r:vsplit\r:redraw!\rihello 日本${ESCAPE}:redraw\r:q!\r:q!\r:q!\r`,
  },
  { name: 'less', line: 'less -N text', keys: '     /99\rGggbb q' },
  { name: 'tmux', line: 'tmux -S panes.sock -f /dev/null new-session "sh panes"', keys: '' },
  { name: 'htop', line: 'htop', keys: 'tHI  q' },
];

describe('the screen of a program that a new browser comes to', () => {
  let folder = '';
  let model: ScreenModel;
  before(async () => {
    const outcome = await ensurePackages(['htop', 'less', 'tmux', 'vim'], 'tests of terminals', () => undefined);
    if (!outcome.ok) throw new Error(`${outcome.reason}. By hand: ${outcome.byHand}`);
    folder = await mkdtemp(join(tmpdir(), 'podium-recorded-'));
    await writeFile(
      join(folder, 'text'),
      Array.from({ length: 3000 }, (_, index) => `line ${index} 日本 ${'x'.repeat(index % 120)}\n`).join(''),
    );
    await writeFile(join(folder, 'panes'), PANES);
    model = new ScreenModel(await buildGoProgram('./internal/vt/screens', folder));
  });
  after(async () => {
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  for (const { name, line, keys } of programs) {
    it(`is that of ${name}, at each of ${CUTS} moments, and stays so`, async () => {
      const output = await record(line, keys, folder);
      let compared = 0;
      for (let index = 1; index <= CUTS; index += 1) {
        const cut = Math.floor((output.length * index) / CUTS);
        if (await isAlike(output, cut)) compared += 1;
      }
      assert.ok(compared > CUTS / 2, `only ${compared} moments could be compared`);
    });
  }

  async function isAlike(output: Buffer, cut: number): Promise<boolean> {
    const [direct, fresh] = [makeTerminal(SIZE), makeTerminal(SIZE)];
    try {
      await write(direct, output.subarray(0, cut));
      if (isBeyondDrawing(direct)) return false;
      await write(fresh, await model.draw(SIZE, output.subarray(0, cut)));
      assert.deepEqual(readScreen(fresh), readScreen(direct));
      await Promise.all([write(direct, output.subarray(cut)), write(fresh, output.subarray(cut))]);
      assert.deepEqual(readScreen(fresh), readScreen(direct));
      return true;
    } finally {
      direct.dispose();
      fresh.dispose();
    }
  }
});

/** All that the program prints from its start to its end. */
async function record(line: string, keys: string, folder: string): Promise<Buffer> {
  const terminal = spawn('/bin/sh', ['-c', `exec ${line}`], {
    name: 'xterm-256color',
    cols: SIZE.columns,
    rows: SIZE.rows,
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color' },
    encoding: null,
  });
  const pieces: Buffer[] = [];
  const begun = new Promise<void>((resolve) => {
    terminal.onData((data) => {
      pieces.push(Buffer.from(data));
      resolve();
    });
  });
  const exited = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  await begun;
  if (keys !== '') terminal.write(keys);
  await exited;
  return Buffer.concat(pieces);
}
