/** One terminal over one WebSocket, whoever serves it: a key goes in, output comes out. */
import { type ClientOptions, type RawData, WebSocket } from 'ws';

export interface WireFormat {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly options: ClientOptions;
  /** Said when the socket is open. */
  readonly greeting: readonly (string | Uint8Array)[];
  encode(key: string): string | Uint8Array;
  read(data: Buffer, isBinary: boolean): Heard;
}

/** What a message of the server comes to. */
export interface Heard {
  readonly outputBytes: number;
  /** What the protocol asks for in return. As in a page, it is said when the output has been shown. */
  readonly reply?: string | Uint8Array;
}

export interface Line extends Disposable {
  send(key: string): void;
  /** Sends a `Heard.reply` that was held back. */
  reply(message: string | Uint8Array): void;
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
    reply: send,
    onOutput: () => undefined,
    [Symbol.dispose]: () => socket.terminate(),
  };
  socket.on('message', (data: RawData, isBinary) => {
    const { outputBytes, reply } = format.read(data as Buffer, isBinary);
    if (outputBytes > 0) line.onOutput();
    if (reply !== undefined) send(reply);
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
