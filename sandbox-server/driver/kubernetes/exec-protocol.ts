/**
 * Subprotocol `v5.channel.k8s.io` of the API server's exec, attach: each binary message is one octet that names a
 * channel, then that channel's bytes. Version 5 added the closing of a channel (255), so that a command may be told
 * that its input has ended. Pure.
 * Source: k8s.io/apimachinery/pkg/util/remotecommand/constants.go and k8s.io/client-go/tools/remotecommand/websocket.go.
 */
import * as z from 'zod/mini';

export const EXEC_SUBPROTOCOL = 'v5.channel.k8s.io';

export const channel = { input: 0, output: 1, errorOutput: 2, status: 3, close: 255 } as const;

export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** With one the command has a terminal; without one it has pipes. */
  readonly hasTerminal: boolean;
}

/** Path and query of an exec. Standard error is not asked for: a terminal has none, and checks may not use it. */
export function makeExecPath({ namespace, pod, container, command, hasTerminal }: ExecRequest): string {
  const query = new URLSearchParams({ container, stdin: 'true', stdout: 'true', tty: String(hasTerminal) });
  for (const word of command) query.append('command', word);
  return `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`;
}

export function makeInput(bytes: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(bytes.byteLength + 1);
  frame[0] = channel.input;
  frame.set(bytes, 1);
  return frame;
}

export const endOfInput: Uint8Array = Uint8Array.of(channel.close, channel.input);

export type ExecFrame =
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  | { readonly kind: 'status'; readonly status: ExecStatus }
  /** Channels that we did not ask for, and closings that the status says as well. */
  | { readonly kind: 'other' };

/** How the command ended; `failed` when it never ran or the cluster lost it. */
export type ExecStatus =
  { readonly kind: 'exited'; readonly code: number } | { readonly kind: 'failed'; readonly message: string };

export function decodeFrame(frame: Uint8Array): ExecFrame {
  if (frame[0] === channel.output) return { kind: 'output', bytes: frame.subarray(1) };
  if (frame[0] === channel.status) {
    return { kind: 'status', status: decodeStatus(Buffer.from(frame.subarray(1)).toString('utf8')) };
  }
  return { kind: 'other' };
}

const statusObject = z.object({
  status: z.string(),
  message: z.optional(z.string()),
  reason: z.optional(z.string()),
  details: z.optional(
    z.object({
      causes: z.optional(z.array(z.object({ reason: z.optional(z.string()), message: z.optional(z.string()) }))),
    }),
  ),
});

/** A metav1.Status: Success, or Failure whose cause `ExitCode` holds the number as a text. */
export function decodeStatus(text: string): ExecStatus {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return { kind: 'failed', message: 'the status of the command could not be read' };
  }
  const result = statusObject.safeParse(answer);
  if (!result.success) return { kind: 'failed', message: 'the status of the command could not be read' };
  if (result.data.status === 'Success') return { kind: 'exited', code: 0 };
  const cause = result.data.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  const code = Number.parseInt(cause?.message ?? '', 10);
  if (Number.isNaN(code)) return { kind: 'failed', message: result.data.message ?? 'the command failed' };
  return { kind: 'exited', code };
}
