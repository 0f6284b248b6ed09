/** Which driver this machine can carry, and why: pure, so that every machine can be tried in a test. */
import type { DriverChoice } from './start-options.ts';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  readonly isRoot: boolean;
}

export interface PickedDriver {
  readonly driver: 'embedded' | 'local' | 'none';
  /** A sentence for the console. */
  readonly because: string;
  /** A code of the server's error table for the page, where the machine gives less than a cluster. */
  readonly reasonCode?: 'not_linux' | 'not_root' | 'not_amd64' | 'chosen';
}

export function pickDriver(choice: DriverChoice, machine: Machine): PickedDriver {
  if (choice === 'none')
    return { driver: 'none', because: 'labs are switched off (--driver none).', reasonCode: 'chosen' };
  if (choice === 'local')
    return { driver: 'local', because: 'shells of this machine (--driver local).', reasonCode: 'chosen' };
  const obstacle = obstacleToCluster(machine);
  if (!obstacle) return { driver: 'embedded', because: 'a Kubernetes cluster of its own, on this machine.' };
  return { driver: 'local', ...obstacle };
}

function obstacleToCluster(machine: Machine): Omit<PickedDriver, 'driver'> | undefined {
  if (machine.platform !== 'linux') {
    return { because: 'shells of this machine: the embedded cluster needs Linux.', reasonCode: 'not_linux' };
  }
  if (machine.architecture !== 'x64') {
    return {
      because: 'shells of this machine: the embedded cluster is built for amd64 only.',
      reasonCode: 'not_amd64',
    };
  }
  if (!machine.isRoot) {
    return {
      because: 'shells of this machine: the embedded cluster needs root. Run "sudo npm start" to get it.',
      reasonCode: 'not_root',
    };
  }
  return undefined;
}
