/**
 * WeTTY, of the version that its lockfile here names, installed into the cache when it is first measured: it is no part of
 * the product. Protocol: Engine.IO 4 and Socket.IO 5 (socket.io/docs/v4/socket-io-protocol), `server/spawn.js` of its package.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../../deploy/launch/directories.ts';
import type { WireFormat } from '../wire.ts';
import { findFreePort, type Peer, startListener } from './peer.ts';

const pinned = join(import.meta.dirname, 'wetty');
/** What the page tells the server that it has taken (`client/flowcontrol`): without it the output stops. */
const COMMIT_CHARACTERS = 262_144;

export const wetty: Peer = {
  name: 'wetty',
  async start(command) {
    const folder = await install();
    const port = await findFreePort();
    const scratch = await mkdtemp(join(tmpdir(), 'podium-wetty-'));
    // It takes one word as the command.
    const script = join(scratch, 'command');
    await writeFile(script, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')}\n`);
    await chmod(script, 0o755);
    const main = join(folder, 'node_modules/wetty/build/main.js');
    const server = ['--host', '127.0.0.1', '--port', String(port), '--base', '/', '--command', script];
    const program = await startListener(process.execPath, [main, ...server, '--log-level', 'error'], port);
    return {
      url: `http://127.0.0.1:${port}/`,
      pid: program.pid,
      wire: makeWire(port),
      async [Symbol.asyncDispose]() {
        await program[Symbol.asyncDispose]();
        await rm(scratch, { recursive: true });
      },
    };
  },
};

async function install(): Promise<string> {
  const lock = await readFile(join(pinned, 'package-lock.json'));
  const name = `wetty-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`;
  const folder = join(cacheDirectory(process.env), 'peers', name);
  if (existsSync(folder)) return folder;
  const staging = `${folder}.${process.pid}`;
  await mkdir(staging, { recursive: true });
  await cp(pinned, staging, { recursive: true });
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund', '--omit=dev'], { cwd: staging });
  await rename(staging, folder);
  return folder;
}

function makeWire(port: number): WireFormat {
  let uncommitted = 0;
  return {
    url: `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`,
    protocols: [],
    options: { headers: { origin: `http://127.0.0.1:${port}` } },
    greeting: ['40'],
    encode: (key) => `42${JSON.stringify(['input', key])}`,
    read(data) {
      const text = data.toString('utf8');
      if (text === '2') return { outputBytes: 0, reply: '3' };
      if (text.startsWith('40')) return { outputBytes: 0, reply: '42["resize",{"cols":80,"rows":24}]' };
      if (!text.startsWith('42["data",')) return { outputBytes: 0 };
      const [, output] = JSON.parse(text.slice(2)) as [string, string];
      uncommitted += output.length;
      if (uncommitted <= COMMIT_CHARACTERS) return { outputBytes: output.length };
      const reply = `42["commit",${uncommitted}]`;
      uncommitted = 0;
      return { outputBytes: output.length, reply };
    },
  };
}
