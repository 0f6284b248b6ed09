/** Whether a lab whose learner writes the network policies can be had. Pure. */
import type { ErrorCode } from '../../errors.ts';
import type { LabNeeds } from '../driver.ts';
import type { LayerReport } from '../isolation.ts';

export interface WallKnowledge {
  readonly hasOuterWall: boolean;
  /** Empty before the first proof; left out by who proves nothing, an author who tries a lab on their own cluster. */
  readonly report: readonly LayerReport[] | undefined;
}

/** Undefined where it can be had, or where nothing is known yet. */
export function judgeNetwork(
  { network }: Pick<LabNeeds, 'network'>,
  { hasOuterWall, report }: WallKnowledge,
): ErrorCode | undefined {
  if (network !== 'learner') return undefined;
  if (!hasOuterWall) return 'network_unwalled';
  if (report === undefined || report.length === 0) return undefined;
  const isProved = report.some(({ layer, state }) => layer === 'outer_wall' && state === 'proved');
  return isProved ? undefined : 'network_unwalled';
}
