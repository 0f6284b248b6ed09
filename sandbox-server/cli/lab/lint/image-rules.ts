/** Images that a lab starts: are they there, and are they always the same? Pure. */
import type { LabProblem } from '../../../labs/lab.ts';
import type { LabSources } from './lab-sources.ts';

/** `--image=nginx`, `image: nginx`, `"image":"nginx"`, `web=nginx:1.16.1` behind `set image`. */
const IMAGE = /(?:--image[= ]|(?:^|[\s{,"'-])image["']?:\s*)["']?(?<image>[a-z0-9][\w./:@-]*)/gu;
const SET_IMAGE = /\bset image\b[^\n]*?\s[\w*-]+=(?<image>[a-z0-9][\w./:@-]*)/gu;
const HAS_PIN = /(?::(?!latest$)[\w.-]+|@sha256:[0-9a-f]+)$/u;

/** `images`: all forms in which an image may be written that is there. */
export function judgeImages(sources: LabSources, images: ReadonlySet<string>): LabProblem[] {
  const shown = `labs/${sources.slug}`;
  const meant = namesInRefusals(sources);
  const uses = [...usesInSteps(sources), ...usesInScripts(sources)];
  const problems = uses
    .filter(({ image }) => !images.has(image) && !meant.some((text) => text.includes(image)))
    .map(({ file, line, image }) => ({
      file,
      line,
      message: `There is no image ${image}. Use one that is there (kubectl run x --image=unknown lists them), or show the refusal in an output block.`,
    }));
  const line = lineOf(sources.yaml, /^image:/mu);
  const image = sources.definition?.image;
  if (image === undefined) return problems;
  if (!images.has(image)) {
    problems.push({
      file: `${shown}/lab.yaml`,
      line,
      message: `There is no image ${image}. Write podium.dev/shell:1.`,
    });
  } else if (!HAS_PIN.test(image)) {
    const message = `${image} may be another one tomorrow. Write its tag, which is not latest.`;
    problems.push({ file: `${shown}/lab.yaml`, line, message });
  }
  return problems;
}

/** An image of one's own without a tag may change any day; those that come with Podium are pinned by it. */
export function judgePins(sources: LabSources, own: ReadonlySet<string>): LabProblem[] {
  return [...usesInSteps(sources), ...usesInScripts(sources)]
    .filter(({ image }) => own.has(image) && !HAS_PIN.test(image))
    .map(({ file, line, image }) => ({
      file,
      line,
      message: `${image} may be another one tomorrow. Write its tag, which is not latest.`,
    }));
}

interface Use {
  readonly file: string;
  readonly line: number;
  readonly image: string;
}

function usesInSteps({ steps }: LabSources): Use[] {
  return steps.flatMap(({ shown, nodes }) =>
    nodes.flatMap(({ node, line }) =>
      node.type === 'code' && node.lang !== 'output' ? findImages(node.value, shown, line + 1) : [],
    ),
  );
}

function usesInScripts({ scripts }: LabSources): Use[] {
  const doers = scripts.filter(({ kind }) => kind !== 'check');
  return doers.flatMap(({ shown, source }) => findImages(source, shown, 1));
}

function findImages(text: string, file: string, firstLine: number): Use[] {
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*#/u.test(line)) return [];
    const found = [...line.matchAll(IMAGE), ...line.matchAll(SET_IMAGE)];
    return found.map(({ groups }) => ({ file, line: firstLine + index, image: groups?.['image'] ?? '' }));
  });
}

/** Where a lab is about an image that is not there, it shows what the cluster says to it. */
function namesInRefusals({ steps }: LabSources): string[] {
  const outputs = steps.flatMap(({ nodes }) =>
    nodes.flatMap(({ node }) => (node.type === 'code' && node.lang === 'output' ? [node.value] : [])),
  );
  return outputs.filter((text) => /is not here|ErrImagePull|ImagePullBackOff|InvalidImageName/u.test(text));
}

export function lineOf(text: string, pattern: RegExp): number {
  const index = text.search(pattern);
  return index < 0 ? 1 : text.slice(0, index).split('\n').length;
}
