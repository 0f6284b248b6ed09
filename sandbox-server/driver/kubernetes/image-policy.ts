/**
 * Nothing is pulled from the internet: an image that is not here is refused at once, with the names that are,
 * instead of being left in ImagePullBackOff. Pure.
 */
import type { V1Validation, V1Variable } from '@kubernetes/client-node';
import type { Written } from './manifest.ts';

/** A first part with a dot or a colon, or `localhost`, is a registry; the same rule as the container runtime's. */
const NAMES_A_REGISTRY = "image.matches('^([^/]*[.:][^/]*|localhost)/')";
const HAS_TAG_OR_DIGEST = "image.matches('(:[A-Za-z0-9_.-]+|@[a-z0-9]+:[0-9a-f]+)$')";
const HUB = 'docker.io/';
const OFFICIAL = `${HUB}library/`;

/**
 * CEL variables: `images`, all of the pod's images written in full, as the runtime keeps them, and `missing`, those
 * that are not here. `variables.pod` is the pod's spec.
 */
export function imageVariables(imageNames: readonly string[]): Written<V1Variable>[] {
  return [
    {
      name: 'images',
      expression:
        '(((has(variables.pod.containers) ? variables.pod.containers : []) + ' +
        '(has(variables.pod.initContainers) ? variables.pod.initContainers : []))' +
        `.map(container, has(container.image) ? container.image : '')` +
        // A volume may be an image too.
        ' + (has(variables.pod.volumes) ? variables.pod.volumes : [])' +
        `.filter(volume, has(volume.image)).map(volume, has(volume.image.reference) ? volume.image.reference : ''))` +
        `.map(image, ${NAMES_A_REGISTRY} ? image : image.contains('/') ? '${HUB}' + image : '${OFFICIAL}' + image)` +
        `.map(image, image.matches('^docker[.]io/[^/]+$') ? image.replace('${HUB}', '${OFFICIAL}', 1) : image)` +
        `.map(image, ${HAS_TAG_OR_DIGEST} ? image : image + ':latest')`,
    },
    {
      name: 'missing',
      expression: `variables.images.filter(image, !(image in [${imageNames.map((name) => `'${name}'`).join(', ')}]))`,
    },
  ];
}

export function imageValidation(imageNames: readonly string[]): Written<V1Validation> {
  const present = imageNames.map(shortForm).sort().join(', ');
  return {
    expression: 'size(variables.missing) == 0',
    messageExpression:
      `'image ' + variables.missing.join(', ') + ' is not here, and nothing is fetched from the internet in a lab. ` +
      `Images that are here: ${present}'`,
  };
}

/** As one would type it. */
function shortForm(name: string): string {
  const bare = name.startsWith(OFFICIAL)
    ? name.slice(OFFICIAL.length)
    : name.startsWith(HUB)
      ? name.slice(HUB.length)
      : name;
  return bare.endsWith(':latest') ? bare.slice(0, -':latest'.length) : bare;
}
