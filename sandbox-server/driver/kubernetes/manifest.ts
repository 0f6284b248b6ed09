/** What every manifest that Podium writes has. Pure. */
import { MANAGED_BY, MANAGED_BY_LABEL } from './names.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/**
 * A type of the Kubernetes client as the API writes it: the client's classes call a property `_from` where
 * JSON has `from`, and hold a Date where JSON has a text.
 */
export type Written<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Written<Item>[]
    : T extends object
      ? { [Key in keyof T as Key extends `_${infer Name}` ? Name : Key]: Written<T[Key]> }
      : T;

export const managedLabels = { [MANAGED_BY_LABEL]: MANAGED_BY } as const;

/** The plural that the API's paths use, for the kinds that Podium writes. */
const plurals: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networkpolicies',
  CiliumNetworkPolicy: 'ciliumnetworkpolicies',
  ResourceQuota: 'resourcequotas',
  PriorityClass: 'priorityclasses',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
};

/** Path of all objects of a kind, in one namespace where the kind has namespaces. */
export function collectionPath(manifest: Manifest): string {
  const { apiVersion, kind, metadata } = manifest;
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const within = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${group}${within}/${plurals[kind] ?? `${kind.toLowerCase()}s`}`;
}

export function objectPath(manifest: Manifest): string {
  return `${collectionPath(manifest)}/${manifest.metadata.name}`;
}
