/** What the page is told of the connection of a terminal. */
import type { Role, Writer } from '../../sandbox-server/protocol/frames.ts';
import type { Trouble } from './terminal-socket.ts';

/** What came with a connection that the learner should know. */
export interface Arrival {
  /** The shell is not the one that was on this screen before. */
  readonly isAnotherShell: boolean;
  /** Why the container's last shell is gone, where that is so: Kubernetes' reason, such as `OOMKilled`. */
  readonly restartReason: string | null;
  /** Output that is no longer kept anywhere. */
  readonly lostBytes: number;
  /** What was typed while there was no connection, for a shell that is gone. */
  readonly droppedBytes: number;
}

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly arrival: Arrival }
  | { readonly kind: 'waiting'; readonly retryInMs: number }
  | { readonly kind: 'exited'; readonly status: number | null }
  | ({ readonly kind: 'refused' } & Trouble)
  | { readonly kind: 'closed' };

/** Who types, and whether that is this page. */
export interface Standing {
  readonly role: Role;
  readonly writer: Writer;
}
