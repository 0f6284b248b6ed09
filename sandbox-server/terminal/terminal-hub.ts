/** All open terminals: how many a sandbox may have, and whom to tell when a sandbox or the server goes away. */
import type { WebSocket } from 'ws';
import { PodiumError } from '../errors.ts';
import { createAttachment, type Attachment, type AttachmentDeps } from './attachment.ts';
import { createClicks } from './clicks.ts';

/** A few tabs and a slide; each is a shell with memory in the learner's own pod. */
const MAX_TERMINALS_PER_SANDBOX = 6;

export type TerminalHubDeps = Pick<AttachmentDeps, 'clock' | 'log' | 'metrics'>;
export type TerminalAccess = Pick<AttachmentDeps, 'openTerminal' | 'findCommand'> & { readonly sandboxId: string };

export interface TerminalHub extends AsyncDisposable {
  attach(socket: WebSocket, access: TerminalAccess): void;
  /** Closes what is open in a sandbox that ends. */
  closeAll(sandboxId: string): void;
}

export function createTerminalHub(deps: TerminalHubDeps): TerminalHub {
  const open = new Map<Attachment, string>();
  const clicks = createClicks();
  const countIn = (sandboxId: string) => [...open.values()].filter((each) => each === sandboxId).length;

  return {
    attach(socket, { sandboxId, openTerminal, findCommand }) {
      const isFull = countIn(sandboxId) >= MAX_TERMINALS_PER_SANDBOX;
      const claimClick = (clickId: string) => clicks.claim(sandboxId, clickId);
      const attachment = createAttachment(socket, { ...deps, openTerminal, findCommand, claimClick });
      if (isFull)
        return attachment.refuse(
          new PodiumError('too_many_terminals', { values: { limit: String(MAX_TERMINALS_PER_SANDBOX) } }),
        );
      open.set(attachment, sandboxId);
      deps.metrics.terminals.set(open.size);
      void attachment.ended.then(() => {
        open.delete(attachment);
        deps.metrics.terminals.set(open.size);
      });
    },
    closeAll(sandboxId) {
      clicks.forget(sandboxId);
      for (const [attachment, id] of open) if (id === sandboxId) attachment.refuse(new PodiumError('sandbox_ended'));
    },
    async [Symbol.asyncDispose]() {
      const attachments = [...open.keys()];
      for (const attachment of attachments) attachment.sendAway();
      await Promise.all(attachments.map(({ ended }) => ended));
    },
  };
}
