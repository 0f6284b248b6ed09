/** ttyd, where the machine has it. Protocol: `src/protocol.c` and `html/src/components/terminal/xterm/index.ts` of its sources. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { WireFormat } from '../wire.ts';
import { findFreePort, type Peer, startListener } from './peer.ts';

export const ttyd: Peer = {
  name: 'ttyd',
  async start(command) {
    const folders = (process.env['PATH'] ?? '').split(delimiter);
    const program = folders.map((folder) => join(folder, 'ttyd')).find((file) => existsSync(file));
    if (program === undefined) return undefined;
    const port = await findFreePort();
    const server = await startListener(program, ['-W', '-i', '127.0.0.1', '-p', String(port), ...command], port);
    return {
      url: `http://127.0.0.1:${port}/`,
      pid: server.pid,
      wire: makeWire(port),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

function makeWire(port: number): WireFormat {
  return {
    url: `ws://127.0.0.1:${port}/ws`,
    protocols: ['tty'],
    options: { headers: { origin: `http://127.0.0.1:${port}` } },
    greeting: [Buffer.from('{"AuthToken":"","columns":80,"rows":24}')],
    encode: (key) => Buffer.from(`0${key}`),
    read: (data) => ({ outputBytes: data[0] === 0x30 ? data.length - 1 : 0 }),
  };
}
