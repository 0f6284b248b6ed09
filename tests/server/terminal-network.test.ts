import { describeNetworkFaults } from '../support/network-faults.ts';
import { createServerProcess } from '../support/server-process.ts';

describeNetworkFaults('of this machine', async () => {
  const server = await createServerProcess({ environment: { PODIUM_DRIVER: 'local' } });
  return { server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
});
