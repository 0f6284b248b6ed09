/** All attachments: how many a sandbox may have, and whom to tell when a sandbox or the server goes away. */
import type { WebSocket } from 'ws';
import { PodiumError } from '../errors.ts';
import { createAttachment, type Attachment, type AttachmentDeps } from './attachment.ts';

/** Each terminal on a learner's devices and on a helper's, and a room that looks on; each costs its part of all output. */
const MAX_ATTACHMENTS_PER_SANDBOX = 40;

export type TerminalHubDeps = Pick<AttachmentDeps, 'clock' | 'log' | 'metrics'>;
export type TerminalGrant = Omit<AttachmentDeps, keyof TerminalHubDeps> & { readonly sandboxId: string };

export interface TerminalHub extends AsyncDisposable {
  attach(socket: WebSocket, grant: TerminalGrant): void;
  /** Closes what is open in a sandbox that ends. */
  closeAll(sandboxId: string): void;
}

export function createTerminalHub(deps: TerminalHubDeps): TerminalHub {
  const bySandbox = new Map<string, Set<Attachment>>();

  return {
    attach(socket, { sandboxId, ...grant }) {
      const attachments = bySandbox.get(sandboxId) ?? new Set();
      const attachment = createAttachment(socket, { ...deps, ...grant });
      if (attachments.size >= MAX_ATTACHMENTS_PER_SANDBOX) {
        const values = { limit: String(MAX_ATTACHMENTS_PER_SANDBOX) };
        return attachment.refuse(new PodiumError('too_many_viewers', { values }));
      }
      bySandbox.set(sandboxId, attachments.add(attachment));
      deps.metrics.terminalAttachments.inc();
      void attachment.ended.then(() => {
        attachments.delete(attachment);
        if (attachments.size === 0 && bySandbox.get(sandboxId) === attachments) bySandbox.delete(sandboxId);
        deps.metrics.terminalAttachments.dec();
      });
    },
    closeAll(sandboxId) {
      for (const attachment of bySandbox.get(sandboxId) ?? []) attachment.refuse(new PodiumError('sandbox_ended'));
    },
    async [Symbol.asyncDispose]() {
      const attachments = [...bySandbox.values()].flatMap((each) => [...each]);
      for (const attachment of attachments) attachment.sendAway();
      await Promise.all(attachments.map(({ ended }) => ended));
    },
  };
}
