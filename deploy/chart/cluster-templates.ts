/**
 * Writes the template of what Podium needs in a cluster from the very manifests that `podium install` applies:
 * `node deploy/chart/cluster-templates.ts` rewrites it, and a test fails when it is not what this gives.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeClusterObjects } from '../../sandbox-server/driver/kubernetes/cluster-objects.ts';
import { type Manifest, managedLabels } from '../../sandbox-server/driver/kubernetes/manifest.ts';
import { MANAGED_BY_LABEL, SERVER_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { makeShellCommons } from '../../sandbox-server/driver/kubernetes/network.ts';
import { LAB_IMAGE_REFS } from '../images/catalogue.ts';

export const CLUSTER_TEMPLATE = join(import.meta.dirname, 'templates/cluster-objects.yaml');

const HEADER = `{{- /* Made by deploy/chart/cluster-templates.ts from the manifests of "podium install". */ -}}
{{- if .Values.clusterObjects.create }}
`;

/** Stands for the images that an operator adds; no registry can have this name. */
const ADDED_IMAGE = 'yours.invalid/image:1';

/** As CEL list, and in the sentence that names what is there. Never the first, whatever is sorted by name. */
const ADDED_IMAGES = [
  [`, '${ADDED_IMAGE}'`, `{{ range .Values.labImages }}, '{{ . }}'{{ end }}`],
  [`, ${ADDED_IMAGE}`, `{{ range .Values.labImages }}, {{ . }}{{ end }}`],
  [makeVolume(`image-${LAB_IMAGE_REFS.length}`, ADDED_IMAGE), makeAddedVolumes()],
] as const;

/** As it stands in the list of the pod that has images brought to its node. */
function makeVolume(name: string, reference: string): string {
  const lines = [`- name: ${name}`, '  image:', `    reference: ${reference}`, '    pullPolicy: IfNotPresent'];
  return lines.map((line) => `        ${line}\n`).join('');
}

function makeAddedVolumes(): string {
  const volume = makeVolume('added-{{ $index }}', '{{ $image }}');
  return `        {{- range $index, $image := .Values.labImages }}\n${volume}        {{- end }}\n`;
}

/** Stands for the RuntimeClass that an operator may name: none where it is empty. */
const NAMED_CLASS = 'yours.invalid';
const NAMED_CLASSES = [`'${NAMED_CLASS}'`, `'{{ $.Values.sandboxes.runtimeClass }}'`] as const;

/** Throws where a manifest has come to say something that a template would read as its own. */
export function makeClusterTemplate(): string {
  const manifests = makeClusterObjects({
    imageNames: [...LAB_IMAGE_REFS, ADDED_IMAGE],
    apiServers: [],
    runtimeClass: NAMED_CLASS,
    holdsImages: true,
  }).flat();
  const documents = manifests.filter(isOfTheChart).map(makeDocument);
  return `${HEADER}${documents.join('')}{{- end }}\n`;
}

/**
 * Helm makes the namespace that it installs into. Where the API server is, the server finds out and writes down
 * itself, at each start and whenever it moves: Helm would then come upon a policy that is no longer as it left it.
 */
function isOfTheChart({ kind, metadata: { name, namespace } }: Manifest): boolean {
  const commons = makeShellCommons([]).metadata;
  const isCommons = kind === 'NetworkPolicy' && name === commons.name && namespace === commons.namespace;
  return !isCommons && !(kind === 'Namespace' && name === SERVER_NAMESPACE);
}

function makeDocument(manifest: Manifest): string {
  // Double quotes alone, where quotes are needed: what is put in has single ones.
  const text = stringify(manifest, { lineWidth: 0, singleQuote: false, aliasDuplicateObjects: false });
  if (text.includes('{{'))
    throw new Error(`${manifest.kind} ${manifest.metadata.name} has "{{", which Helm would read.`);
  const filled = [...ADDED_IMAGES, NAMED_CLASSES].reduce(
    (filling, [written, template]) => filling.replaceAll(written, template),
    text,
  );
  if (filled.includes(ADDED_IMAGE) || filled.includes(NAMED_CLASS)) {
    throw new Error(
      `${manifest.kind} ${manifest.metadata.name} names images or a RuntimeClass in a way that the chart does not know.`,
    );
  }
  // Helm owns only what says so.
  const ours = `${MANAGED_BY_LABEL}: ${managedLabels[MANAGED_BY_LABEL]}`;
  const document = `---\n${filled.replaceAll(ours, `${MANAGED_BY_LABEL}: "{{ $.Release.Service }}"`)}`;
  return manifest.kind === 'DaemonSet' ? `{{- if .Values.holdImages }}\n${document}{{- end }}\n` : document;
}

if (import.meta.main) await writeFile(CLUSTER_TEMPLATE, makeClusterTemplate());
