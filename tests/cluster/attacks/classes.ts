/** All attacks, class by class. */
import type { AttackClass } from './attack.ts';
import { fakingChecks } from './faking-checks.ts';
import { theHost } from './host.ts';
import { limits } from './limits.ts';
import { network } from './network.ts';
import { otherLearners } from './other-learners.ts';
import { rights } from './rights.ts';
import { sockets } from './sockets.ts';
import { stayingAlive } from './staying-alive.ts';

export const attackClasses: readonly AttackClass[] = [
  otherLearners,
  network,
  theHost,
  rights,
  limits,
  stayingAlive,
  fakingChecks,
  sockets,
];
