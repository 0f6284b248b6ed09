import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStoreArguments } from '../../sandbox-server/cli/store/store-options.ts';

const surroundings = { isRoot: false, home: '/home/ada', workingDirectory: '/work' };
const parse = (args: readonly string[], environment = {}) => parseStoreArguments(args, environment, surroundings);

describe('podium store', () => {
  const file = { kind: 'file', file: '/work/a.db' };
  const folder = (path: string) => ({ kind: 'folder', folder: path });

  it('finds what the server keeps where the server does', () => {
    const rows = [
      [{}, folder('/home/ada/.local/state/podium')],
      [{ PODIUM_DATA: 'here' }, folder('/work/here')],
      [{ PODIUM_DATA: 'here', PODIUM_DATABASE_URL: '' }, folder('/work/here')],
      [
        { PODIUM_DATA: 'here', PODIUM_DATABASE_URL: 'postgres://db/x' },
        { kind: 'postgres', url: new URL('postgres://db/x') },
      ],
    ] as const;
    for (const [environment, from] of rows) {
      const invocation = { command: 'backup', from, to: file };
      assert.deepEqual(parse(['backup', 'a.db'], environment), { ok: true, invocation });
    }
  });

  it('takes a folder that is named instead', () => {
    assert.deepEqual(parse(['restore', 'a.db', '--data', '/data'], { PODIUM_DATABASE_URL: 'postgres://db/x' }), {
      ok: true,
      invocation: { command: 'restore', from: file, to: folder('/data') },
    });
  });

  it('moves between folders and databases', () => {
    assert.deepEqual(parse(['move', '--from', '.', '--to', 'postgres://db/x']), {
      ok: true,
      invocation: { command: 'move', from: folder('/work'), to: { kind: 'postgres', url: new URL('postgres://db/x') } },
    });
  });

  for (const [args, sentence] of [
    [[], /Say what to do/],
    [['copy'], /“copy” is not a command/],
    [['backup'], /Which file\?/],
    [['move', '--from', 'a'], /From where to where\?/],
    [['move', '--from', 'a', '--to', 'b', 'c'], /What is “c”\?/],
    [['move', '--from', 'mysql://x/y', '--to', 'b'], /postgres:\/\//],
    [['move', '--from', 'a', '--to', 'b', '--data', 'c'], /--data is for backup/],
    [['backup', 'a', '--to', 'b'], /--from and --to are for move/],
    [['backup', 'a', 'b'], /what is “b”\?/],
    [['backup', '--fast', 'a'], /--fast/],
  ] as const) {
    it(`says what is wrong with “${args.join(' ')}”`, () => {
      const parsed = parse(args);
      assert.ok(parsed.ok === false);
      assert.match(parsed.reason, sentence);
    });
  }
});
