/** A WebSocket straight to the API server's exec of a bash in a sandbox's shell container: nothing of ours is on its way. */
import { loadCredentials } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import {
  channel,
  EXEC_SUBPROTOCOL,
  makeExecPath,
  makeInput,
} from '../../sandbox-server/driver/kubernetes/exec-protocol.ts';
import { SHELL_CONTAINER, SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { shellPodOf } from '../support/place-names.ts';
import type { WireFormat } from './wire.ts';

export async function makeBareWire(kubeconfig: string, namespace: string): Promise<WireFormat> {
  const { server, tls, headers } = await loadCredentials(kubeconfig);
  const path = makeExecPath({
    namespace: SHELL_NAMESPACE,
    pod: shellPodOf(namespace),
    container: SHELL_CONTAINER,
    command: ['/bin/bash', '-l'],
    hasTerminal: true,
  });
  return {
    url: `${server.replace(/^http/, 'ws')}${path}`,
    protocols: [EXEC_SUBPROTOCOL],
    options: { ...tls, headers: { ...headers } },
    greeting: [],
    encode: (key) => makeInput(Buffer.from(key)),
    read: (frame) => ({ outputBytes: frame[0] === channel.output ? frame.byteLength - 1 : 0 }),
  };
}
