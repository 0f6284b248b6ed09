/** Who we are to the cluster, from a kubeconfig that somebody else may renew at any time. */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import * as z from 'zod/mini';

/** As long as client-go keeps a token before it reads the file again. */
const MAX_AGE_MS = 60_000;

export interface Credentials {
  /** Address of the API server, without a slash at its end. */
  readonly server: string;
  readonly certificateAuthority: string;
  /** For `node:https` and for `ws` alike: headers and TLS. */
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CredentialSource {
  get(): Promise<Credentials>;
  /** The next `get` reads the file again: the cluster has refused what we had. */
  forget(): void;
}

/** Reads one context of the file, its current one unless another is named, again each minute. Throws where it is missing. */
export function createCredentialSource(kubeconfigPath: string, now: () => number, context?: string): CredentialSource {
  let known: { readonly credentials: Promise<Credentials>; readonly readAt: number } | undefined;
  return {
    get() {
      if (known === undefined || now() - known.readAt > MAX_AGE_MS) {
        const entry = { credentials: loadCredentials(kubeconfigPath, context), readAt: now() };
        // What failed is not remembered: the next call tries again.
        entry.credentials.catch(() => {
          if (known === entry) known = undefined;
        });
        known = entry;
      }
      return known.credentials;
    },
    forget() {
      known = undefined;
    },
  };
}

export async function loadCredentials(kubeconfigPath: string, context?: string): Promise<Credentials> {
  const config = new KubeConfig();
  const text = await readFile(kubeconfigPath, 'utf8');
  config.loadFromString(text);
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context)) {
      throw new Error(`${kubeconfigPath} has no context "${context}". It has: ${known.join(', ') || 'none'}.`);
    }
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${kubeconfigPath} names no current cluster`);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  const tokenFile = findTokenFile(text, config.getCurrentUser()?.name);
  const token = tokenFile && (await readFile(resolve(dirname(kubeconfigPath), tokenFile), 'utf8')).trim();
  const headers = { ...options.headers, ...(token && { Authorization: `Bearer ${token}` }) };
  return {
    server: cluster.server.replace(/\/+$/, ''),
    certificateAuthority: ca === undefined ? '' : String(ca),
    tls: definedOf({ ca, cert, key, servername, rejectUnauthorized }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  };
}

const userList = z.object({
  users: z.array(z.object({ name: z.string(), user: z.nullish(z.object({ tokenFile: z.optional(z.string()) })) })),
});

/**
 * As kubectl reads it, before a token beside it: in a pod, the kubelet renews what lies in that file. The client for
 * Node passes over this field (as of 2.0.1).
 */
function findTokenFile(kubeconfig: string, user: string | undefined): string | undefined {
  const parsed = userList.safeParse(parse(kubeconfig));
  return parsed.data?.users.find(({ name }) => name === user)?.user?.tokenFile;
}

function definedOf<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
