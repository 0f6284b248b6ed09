/** A terminal's client, the server that the test plays for it, and all that the page would be told. */
import type { WebSocket as ServerSocket } from 'ws';
import { TerminalClient, type TerminalSize, type UnsentInput } from '../../src/terminal/client.ts';
import type { Arrival, ConnectionState } from '../../src/terminal/connection-state.ts';
import type { TicketAnswer } from '../../src/terminal/terminal-socket.ts';
import { opened, Peer } from './terminal-peer.ts';

export class ClientUnderTest implements Disposable {
  readonly peer = new Peer();
  readonly states: ConnectionState[] = [];
  /** All that happened to the screen, in its order. */
  readonly screen: string[] = [];
  readonly told: string[] = [];
  /** What is answered to the next requests for a ticket; then each is granted. */
  readonly tickets: TicketAnswer[] = [];
  readonly client: TerminalClient;
  #wake: () => void = () => undefined;

  constructor(unsent: UnsentInput | null = null) {
    this.client = new TerminalClient({
      terminal: '1',
      client: 'client-one',
      device: 'Chrome on Linux',
      unsent,
      requestTicket: () => Promise.resolve(this.tickets.shift() ?? { ok: true, ticket: 't' }),
      socketUrl: () => this.peer.url,
      screen: {
        wantedSize: { columns: 100, rows: 30 },
        draw: (bytes, isAnswered, drawn) => {
          this.#note(this.screen, `${isAnswered ? 'live' : 'quiet'} ${new TextDecoder().decode(bytes)}`);
          drawn();
        },
        resize: ({ columns, rows }: TerminalSize) => this.#note(this.screen, `${columns}x${rows}`),
        clear: () => this.#note(this.screen, 'clear'),
        startAfresh: () => this.#note(this.screen, 'afresh'),
      },
      random: () => 0,
      now: () => 0,
      onState: (state) => this.#note(this.states, state),
      onStanding: ({ role }) => this.#note(this.told, role),
      onProgram: ({ program }) => this.#note(this.told, `program ${program}`),
      onTerminals: (names) => this.#note(this.told, `terminals ${names.join(' ')}`),
      onGap: (bytes) => this.#note(this.told, `gap ${bytes}`),
      onTrouble: ({ code }) => this.#note(this.told, code),
    });
  }

  get kinds(): readonly ConnectionState['kind'][] {
    return this.states.map(({ kind }) => kind);
  }

  /** What came with the connection that there is. */
  get arrival(): Arrival | undefined {
    const last = this.states.at(-1);
    return last?.kind === 'connected' ? last.arrival : undefined;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async connect(changes: Readonly<Record<string, unknown>> = {}): Promise<ServerSocket> {
    await this.peer.listens();
    this.client.connect();
    const socket = await this.peer.accept();
    await this.answer(socket, changes);
    return socket;
  }

  /** Says `opened`, and waits until the page was told. */
  async answer(socket: ServerSocket, changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const count = (): number => this.kinds.filter((kind) => kind === 'connected').length;
    const before = count();
    socket.send(opened(changes));
    await this.until(() => count() > before);
  }

  /** Cuts the connection; the next one has said `open`. */
  async cut(socket: ServerSocket): Promise<ServerSocket> {
    socket.terminate();
    return this.peer.accept();
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
    this.peer[Symbol.dispose]();
  }

  #note<T>(list: T[], said: T): void {
    list.push(said);
    this.#wake();
  }
}
