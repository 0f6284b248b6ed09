/** GoTTY, built from its module by the pinned Go. Protocol: `webtty/message_types.go` and `js/src/webtty.tsx` of that module. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureToolchain, makeGoEnvironment } from '../../../deploy/cluster/toolchain.ts';
import { cacheDirectory } from '../../../deploy/launch/directories.ts';
import type { WireFormat } from '../wire.ts';
import { findFreePort, type Peer, startListener } from './peer.ts';

export const GOTTY_VERSION = '1.6.0';
const MODULE = 'github.com/sorenisanerd/gotty';

export const gotty: Peer = {
  name: 'gotty',
  async start(command) {
    const program = await build();
    const port = await findFreePort();
    const process = await startListener(
      program,
      ['--permit-write', '--quiet', '--address', '127.0.0.1', '--port', String(port), ...command],
      port,
    );
    const { pid } = process;
    const url = `http://127.0.0.1:${port}/`;
    return { url, pid, wire: makeWire(port), [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
  },
};

/** Fast when it is there: Go looks by itself whether anything has changed. */
async function build(): Promise<string> {
  const cacheDir = cacheDirectory(process.env);
  const program = join(cacheDir, 'peers', `gotty-${GOTTY_VERSION}`, 'gotty');
  await mkdir(dirname(program), { recursive: true });
  await promisify(execFile)(await ensureToolchain(cacheDir), ['build', '-o', program, MODULE], {
    cwd: join(import.meta.dirname, 'gotty'),
    env: { ...process.env, ...makeGoEnvironment(cacheDir), CGO_ENABLED: '0' },
  });
  return program;
}

function makeWire(port: number): WireFormat {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    url: `ws://127.0.0.1:${port}/ws`,
    protocols: ['webtty'],
    options: { headers: { origin: `http://127.0.0.1:${port}` } },
    greeting: ['{"Arguments":"","AuthToken":""}', '3{"columns":80,"rows":24}', '4base64'],
    encode: (key) => `1${base64(key)}`,
    read: (data) => ({ outputBytes: data[0] === 0x31 ? Buffer.byteLength(data.toString('latin1', 1), 'base64') : 0 }),
  };
}
