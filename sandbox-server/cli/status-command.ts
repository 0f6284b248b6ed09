/** `podium status`: whether a running server can give sandboxes, and what it has found of its cluster. */
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { type LayerReport, isolationLayers, layerStates } from '../driver/isolation.ts';

export const STATUS_USAGE = `Usage: podium status [--url ADDRESS]
  --url ADDRESS    of the server; http://127.0.0.1:4321 where it is left out`;

const DEFAULT_URL = 'http://127.0.0.1:4321';
/** A server that is alive answers this within milliseconds. */
const ANSWER_LIMIT_MS = 5000;

const readiness = z.object({
  ready: z.optional(z.boolean()),
  code: z.optional(z.string()),
  isolation: z.optional(
    z.array(z.object({ layer: z.enum(isolationLayers), state: z.enum(layerStates), because: z.string() })),
  ),
});
export type Readiness = z.infer<typeof readiness>;

/** Prints what the server says and returns the exit status: 0 when it can give sandboxes. */
export async function runStatusCommand(
  args: readonly string[],
  { say }: { readonly say: (line: string) => void },
  signal: AbortSignal,
): Promise<number> {
  let url: string;
  try {
    url = parseArgs({ args: [...args], options: { url: { type: 'string', default: DEFAULT_URL } } }).values.url;
    if (!URL.canParse(url)) throw new Error(`"${url}" is no address. Write one like ${DEFAULT_URL}.`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${STATUS_USAGE}\n`);
    return 2;
  }
  const found = await readReadiness(url, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]));
  signal.throwIfAborted();
  if (found === undefined) {
    process.stderr.write(`No Podium answers at ${url}. Say where it is with --url.\n`);
    return 1;
  }
  say(describeReadiness(url, found));
  return found.ready === true ? 0 : 1;
}

async function readReadiness(url: string, signal: AbortSignal): Promise<Readiness | undefined> {
  try {
    const answer = await fetch(new URL('/readyz', url), { signal });
    return readiness.safeParse(await answer.json()).data;
  } catch {
    return undefined;
  }
}

/** For people; each layer with how it is known, or what to do. Pure. */
export function describeReadiness(url: string, { ready, code, isolation = [] }: Readiness): string {
  const heading = `Podium at ${url}: ${ready === true ? 'ready' : `not ready (${code ?? 'no reason given'})`}`;
  if (isolation.length === 0) return heading;
  const rows = isolation.map(({ layer, state, because }: LayerReport) => [layer, state, because] as const);
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const lines = rows.map(
    ([layer, state, because]) => `  ${layer.padEnd(width(0))}  ${state.padEnd(width(1))}  ${because}`,
  );
  return [heading, 'What the cluster was found to have:', ...lines].join('\n');
}
