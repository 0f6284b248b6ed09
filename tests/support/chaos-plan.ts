/** What happens in one sequence of the chaos test: what people do, and what dies meanwhile. Pure; all of it comes from a seed. */
import * as fc from 'fast-check';

export const steps = ['start', 'use', 'make', 'end', 'expire'] as const;
export type Step = (typeof steps)[number];

/** `shell` is the first process of a shell's container, `pod` the whole shell pod. */
export const victims = [
  'server',
  'janitor',
  'shell',
  'pod',
  'kubelet',
  'containerd',
  'kube-apiserver',
  'etcd',
] as const;
export type Victim = (typeof victims)[number];

export interface Fault {
  /** Since the fault before. */
  readonly afterMs: number;
  readonly victim: Victim;
  /** Which of several, counted around. */
  readonly choice: number;
}

export interface ChaosPlan {
  /** How many of the servers people come to. */
  readonly servers: 1 | 2;
  /** Of each person, in order; people do not wait for each other. */
  readonly people: readonly (readonly Step[])[];
  readonly faults: readonly Fault[];
}

/** Longer than a start from the pool, about as long as a cold one: a fault meets all that there is. */
const LONGEST_PAUSE_MS = 5000;

/** Everybody begins with what everything else needs. */
const person = fc
  .array(fc.constantFrom(...steps), { minLength: 2, maxLength: 4, size: 'max' })
  .map((then) => ['start' as const, ...then]);

const fault = fc.record({
  afterMs: fc.integer({ min: 0, max: LONGEST_PAUSE_MS }),
  victim: fc.constantFrom(...victims),
  choice: fc.nat({ max: 11 }),
});

/** Without the bias of fast-check to what is small and first: the rare case is here what meets what. */
export const chaosPlan: fc.Arbitrary<ChaosPlan> = fc.noBias(
  fc.record({
    servers: fc.constantFrom(1, 2),
    people: fc.array(person, { minLength: 3, maxLength: 5, size: 'max' }),
    faults: fc.array(fault, { minLength: 4, maxLength: 8, size: 'max' }),
  }),
);

/** On one line, as it is printed before it is done. */
export function describePlan({ servers, people, faults }: ChaosPlan): string {
  const done = people.map((each) => each.join('-')).join(', ');
  const dying = faults.map(({ afterMs, victim, choice }) => `${afterMs} ms ${victim}/${choice}`).join(', ');
  return `${servers} server${servers === 1 ? '' : 's'}; ${done}; killed: ${dying}`;
}
