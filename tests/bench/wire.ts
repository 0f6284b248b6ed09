/** One terminal over one WebSocket, whoever serves it: a key goes in, output comes out. */
import { type ClientOptions, type RawData, WebSocket } from 'ws';

export interface WireFormat {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly options: ClientOptions;
  /** Said when the socket is open. */
  readonly greeting: readonly (string | Uint8Array)[];
  encode(key: string): string | Uint8Array;
  /** How many bytes of output are in a message; `reply` sends what the protocol asks for in return. */
  countOutput(data: Buffer, isBinary: boolean, reply: (message: string | Uint8Array) => void): number;
}

export interface Line extends Disposable {
  send(key: string): void;
  /** Called at each piece of output. */
  onOutput: () => void;
}

/** How long nothing must come before the prompt counts as drawn. */
const QUIET_MS = 300;

/** Resolves when the prompt is there: something came, and then nothing for a while. */
export async function openLine(format: WireFormat): Promise<Line> {
  const socket = new WebSocket(format.url, [...format.protocols], { perMessageDeflate: false, ...format.options });
  const send = (message: string | Uint8Array) => socket.send(message);
  const line: Line = {
    send: (key) => send(format.encode(key)),
    onOutput: () => undefined,
    [Symbol.dispose]: () => socket.terminate(),
  };
  socket.on('message', (data: RawData, isBinary) => {
    if (format.countOutput(data as Buffer, isBinary, send) > 0) line.onOutput();
  });
  socket.once('open', () => format.greeting.forEach(send));
  await untilQuiet(socket, line);
  line.onOutput = () => undefined;
  return line;
}

function untilQuiet(socket: WebSocket, line: Line): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    line.onOutput = () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, QUIET_MS);
    };
    socket.on('error', reject);
    socket.once('close', (code) => reject(new Error(`The line was closed with ${code}.`)));
  });
}
