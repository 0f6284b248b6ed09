/** What the nodes say that they can do for shells. Pure. */
import * as z from 'zod/mini';
import type { LayerReport } from '../isolation.ts';
import { decode } from './observed.ts';

const nodeList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), labels: z.optional(z.record(z.string(), z.string())) }),
      spec: z.object({
        unschedulable: z.optional(z.boolean()),
        taints: z.optional(z.array(z.object({ effect: z.string() }))),
      }),
      status: z.object({
        runtimeHandlers: z.optional(
          z.array(
            z.object({
              // The one that is used where no RuntimeClass is named has an empty name, which is left out.
              name: z._default(z.string(), ''),
              features: z.optional(z.object({ userNamespaces: z.optional(z.boolean()) })),
            }),
          ),
        ),
      }),
    }),
  ),
});

const runtimeClassObject = z.object({
  handler: z.string(),
  scheduling: z.optional(z.object({ nodeSelector: z.optional(z.record(z.string(), z.string())) })),
});

export interface RuntimeClass {
  readonly handler: string;
  /** Labels of the nodes that have it. */
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/** What runs pods that name no class, on all nodes. */
export const usualRuntime: RuntimeClass = { handler: '', nodeSelector: {} };

export function decodeRuntimeClass(answer: unknown): RuntimeClass {
  const { handler, scheduling } = decode(runtimeClassObject, answer);
  return { handler, nodeSelector: scheduling?.nodeSelector ?? {} };
}

/** Whether the nodes that take shells say that pods can have users of their own. */
export function reportUserNamespaces(nodes: unknown, { handler, nodeSelector }: RuntimeClass): LayerReport {
  const layer = 'user_namespaces';
  const taking = decode(nodeList, nodes).items.filter(
    ({ metadata, spec }) =>
      spec.unschedulable !== true &&
      !spec.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') &&
      Object.entries(nodeSelector).every(([name, value]) => metadata.labels?.[name] === value),
  );
  const answers = taking.map(({ metadata, status }) => {
    const features = status.runtimeHandlers?.find(({ name }) => name === handler)?.features;
    return { node: metadata.name, has: features?.userNamespaces };
  });
  const namesOf = (has: boolean | undefined) => answers.flatMap((answer) => (answer.has === has ? [answer.node] : []));
  const lacking = namesOf(false);
  if (lacking.length > 0) {
    const because = `The container runtime of ${lacking.join(', ')} cannot give a pod users of its own (hostUsers: false), and shells would not start there. It takes Linux 6.3, and containerd 2 with runc 1.2, or CRI-O. Keep shells off such nodes by a taint, or mend them.`;
    return { layer, state: 'missing', because };
  }
  const silent = namesOf(undefined);
  if (taking.length === 0 || silent.length > 0) {
    const because = `Nodes that do not say whether pods can have users of their own: ${silent.join(', ') || 'no node takes shells'}.`;
    return { layer, state: 'not_checked', because };
  }
  return {
    layer,
    state: 'detected',
    because: 'Each node that takes shells says that pods can have users of their own.',
  };
}
