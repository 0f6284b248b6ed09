import { describe } from 'node:test';
import { skippedWithoutCluster } from '../support/cluster.ts';
import { describeNetworkFaults } from '../support/network-faults.ts';
import { createTerminalSite } from '../support/terminal-site.ts';

describe('on a real cluster', { skip: skippedWithoutCluster }, () => {
  describeNetworkFaults('in a pod', createTerminalSite);
});
