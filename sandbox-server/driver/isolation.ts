/** What is known of the place in which learners are, before any is there: what keeps them apart, and what shells need. Pure. */

export const isolationLayers = [
  'network',
  'outer_wall',
  'rights',
  'pod_security',
  'admission_policies',
  'defaults',
  'quota',
  'user_namespaces',
  'runtime_class',
  'image_volumes',
  'lab_images',
] as const;
export type IsolationLayer = (typeof isolationLayers)[number];

/** `proved`: it was tried, and held. `detected`: the cluster says that it is there. */
export const layerStates = ['proved', 'detected', 'missing', 'not_checked'] as const;
export type LayerState = (typeof layerStates)[number];

export interface LayerReport {
  readonly layer: IsolationLayer;
  readonly state: LayerState;
  /** For whoever runs the server: how it is known, and where something is missing, what to do. */
  readonly because: string;
}

/** What a driver says of the place in which learners are. */
export interface Isolation {
  /** Empty until something is known. */
  readonly report: readonly LayerReport[];
  /** Something was tried that should have been refused, and learners are not let in. */
  readonly isBroken: boolean;
}

/** Without a proof of these a learner might reach another, the cluster or the node. */
const mustBeProved: readonly IsolationLayer[] = [
  'network',
  'rights',
  'pod_security',
  'admission_policies',
  'defaults',
  'quota',
];
/** Shells are refused by a cluster that says that it lacks these; one that says nothing may have them. */
const mustNotBeMissing: readonly IsolationLayer[] = ['user_namespaces', 'runtime_class'];

/** The layers for which no learner may be let in; one of which nothing is said is among them. */
export function findGaps(report: readonly LayerReport[]): readonly LayerReport[] {
  const unsaid = mustBeProved.filter((layer) => !report.some((each) => each.layer === layer));
  return [
    ...report.filter(
      ({ layer, state }) =>
        (mustBeProved.includes(layer) && state !== 'proved') ||
        (mustNotBeMissing.includes(layer) && state === 'missing'),
    ),
    ...unsaid.map((layer) => ({ layer, state: 'not_checked' as const, because: 'Nothing was tried.' })),
  ];
}
