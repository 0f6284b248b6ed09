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
        images: z.optional(z.array(z.object({ names: z.nullish(z.array(z.string())) }))),
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

/** The nodes that take shells, as far as taints and the class say. */
function listNodes(nodes: unknown, { nodeSelector }: RuntimeClass) {
  return decode(nodeList, nodes).items.filter(
    ({ metadata, spec }) =>
      spec.unschedulable !== true &&
      !spec.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') &&
      Object.entries(nodeSelector).every(([name, value]) => metadata.labels?.[name] === value),
  );
}

/** Whether the nodes that take shells say that pods can have users of their own. */
export function reportUserNamespaces(nodes: unknown, runtimeClass: RuntimeClass): LayerReport {
  const layer = 'user_namespaces';
  const { handler } = runtimeClass;
  const taking = listNodes(nodes, runtimeClass);
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

/** A node names no more images than this (the kubelet's --node-status-max-images). */
const MOST_IMAGES_NAMED = 50;

/** Whether each node that takes shells has each of the images, as far as nodes name theirs. */
export function reportImages(nodes: unknown, runtimeClass: RuntimeClass, images: readonly string[]): LayerReport {
  const layer = 'lab_images';
  const wanted = [...new Set(images.map(writtenInFull))];
  const looks = listNodes(nodes, runtimeClass).map(({ metadata, status }) => {
    const named = status.images ?? [];
    const present = new Set(named.flatMap(({ names }) => names ?? []));
    const absent = wanted.filter((image) => !present.has(image));
    return { node: metadata.name, absent, isSure: named.length > 0 && named.length < MOST_IMAGES_NAMED };
  });
  const describe = (isSure: boolean) =>
    looks
      .filter((look) => look.absent.length > 0 && look.isSure === isSure)
      .map(({ node, absent }) => `${node}: ${absent.join(', ')}`)
      .join('; ');
  const [missing, unknown] = [describe(true), describe(false)];
  if (missing !== '') {
    const because = `Nodes without an image that labs need (${missing}). Labs that get a pod there do not start. Bring them to every node: podium images load, or push. One that was brought just now is named within half a minute.`;
    return { layer, state: 'missing', because };
  }
  if (looks.length === 0 || unknown !== '') {
    const because = `Not all nodes say what images they have (${unknown || 'no node takes shells'}).`;
    return { layer, state: 'not_checked', because };
  }
  return { layer, state: 'detected', because: `Each node that takes shells has ${wanted.join(', ')}.` };
}

/** As the container runtime keeps it: `nginx` is `docker.io/library/nginx:latest`. */
function writtenInFull(image: string): string {
  const hasRegistry = /^([^/]*[.:][^/]*|localhost)\//.test(image);
  const named = hasRegistry ? image : image.includes('/') ? `docker.io/${image}` : `docker.io/library/${image}`;
  return /[:@][^/]*$/.test(named) ? named : `${named}:latest`;
}
