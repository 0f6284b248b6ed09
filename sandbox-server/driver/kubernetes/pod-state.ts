/** Whether a shell pod can be typed in, as its status says. Pure. */
import * as z from 'zod/mini';
import { PodiumError } from '../../errors.ts';
import { decode } from './observed.ts';

const pod = z.object({
  metadata: z.object({ deletionTimestamp: z.optional(z.string()) }),
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z.optional(
    z.object({
      phase: z.optional(z.string()),
      conditions: z.optional(
        z.array(z.object({ type: z.string(), status: z.string(), reason: z.optional(z.string()) })),
      ),
      containerStatuses: z.optional(
        z.array(z.object({ state: z.object({ waiting: z.optional(z.object({ reason: z.optional(z.string()) })) }) })),
      ),
    }),
  ),
});

/** With what the kubelet waits for an image that will not come. */
const missingImageReasons = ['ErrImageNeverPull', 'ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'];

/**
 * True when the pod is ready, undefined while it may yet become so. Throws `image_missing`, `cluster_full` or
 * `start_failed` when it will not; `null` stands for a pod that is gone.
 */
export function decideReady(object: unknown): true | undefined {
  if (object === null) throw new PodiumError('start_failed', { cause: new Error('the shell pod is gone') });
  const { metadata, spec, status } = decode(pod, object);
  if (metadata.deletionTimestamp !== undefined || status?.phase === 'Failed') {
    throw new PodiumError('start_failed', { cause: new Error(`the shell pod is ${status?.phase ?? 'being deleted'}`) });
  }
  const waiting = status?.containerStatuses?.map(({ state }) => state.waiting?.reason ?? '') ?? [];
  if (waiting.some((reason) => missingImageReasons.includes(reason))) {
    throw new PodiumError('image_missing', { values: { image: spec.containers[0]?.image ?? '' } });
  }
  const conditions = status?.conditions ?? [];
  if (conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable')) {
    throw new PodiumError('cluster_full');
  }
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True') || undefined;
}
