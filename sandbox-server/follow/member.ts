import type { ErrorCode } from '../errors.ts';
import type { ShowingRole } from '../protocol/showing.ts';

/** One way to a page: a WebSocket or server-sent events. */
export interface Connection {
  send(text: string): void;
  /** Shows that the line is alive, and ends it where the other side has not answered since the last time. */
  beat(text: string): void;
  close(code: ErrorCode): void;
}

/** A page that follows. What happens while its state is read waits, so that the state always comes first. */
export class Member {
  readonly role: ShowingRole;
  readonly connection: Connection;
  #waiting: string[] | undefined;

  constructor(role: ShowingRole, connection: Connection) {
    this.role = role;
    this.connection = connection;
  }

  hold(): void {
    this.#waiting ??= [];
  }

  /** What waited may be older than the state; each message says all of what it is about, and old positions are left aside. */
  release(state: string): void {
    this.connection.send(state);
    for (const text of this.#waiting ?? []) this.connection.send(text);
    this.#waiting = undefined;
  }

  send(text: string): void {
    if (this.#waiting) this.#waiting.push(text);
    else this.connection.send(text);
  }
}
