/** As Kubernetes names objects (RFC 1123, subdomain). It is written into policies, so nothing else may come in. */
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Throws an Error that says what to write instead. */
export function parseRuntimeClass(given: string | undefined): string | undefined {
  if (given === undefined || OBJECT_NAME.test(given)) return given;
  throw new Error('Write the name of a RuntimeClass, as "kubectl get runtimeclasses" lists it.');
}
