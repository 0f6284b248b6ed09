import { createFaultProxy } from '../support/fault-proxy.ts';
import { describeNetworkFaults } from '../support/network-faults.ts';
import { createPerson } from '../support/person.ts';
import { createServerProcess } from '../support/server-process.ts';

describeNetworkFaults('of this machine', async () => {
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await createServerProcess({ environment: { PODIUM_DRIVER: 'local' } }));
  const network = resources.use(await createFaultProxy({ port: server.port }));
  const owned = resources.move();
  return {
    network,
    createPerson: () => createPerson(`http://127.0.0.1:${network.port}`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
});
