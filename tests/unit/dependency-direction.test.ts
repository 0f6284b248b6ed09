import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');

/**
 * Who may import whom: `src → protocol ← http → session → driver/driver.ts ← drivers`; `terminal → driver.ts, protocol`;
 * `main → all`; `protocol → zod/mini only`. Prefixes of paths below the root; a folder may always import itself.
 */
const server = (...parts: string[]) => parts.map((part) => `sandbox-server/${part}`);
const port = server('driver/driver.ts', 'driver/driver-switch.ts', 'driver/isolation.ts', 'driver/sandbox-id.ts');
const ground = server('protocol/', 'errors.ts', 'clock.ts', 'with-signal.ts', 'schedule/', 'telemetry/');
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'sandbox-server/protocol/': [],
  'sandbox-server/telemetry/': server('config.ts'),
  'sandbox-server/store/': server('protocol/', 'errors.ts', 'clock.ts', 'database-url.ts'),
  'sandbox-server/events/': server('protocol/', 'store/postgres-pool.ts'),
  'sandbox-server/follow/': [...ground, ...server('store/showing-store.ts', 'events/events.ts')],
  'sandbox-server/labs/': server('protocol/', 'errors.ts'),
  'sandbox-server/decks/': server('protocol/'),
  'sandbox-server/driver/': ground,
  'sandbox-server/session/': [
    ...ground,
    ...port,
    ...server('labs/lab.ts', 'labs/check-head.ts', 'store/store.ts', 'events/events.ts'),
  ],
  'sandbox-server/terminal/': [...ground, ...server('driver/driver.ts')],
  'sandbox-server/http/': [
    ...ground,
    ...port,
    ...server(
      'labs/lab.ts',
      'labs/judge-answer.ts',
      'loopback.ts',
      'store/store.ts',
      'store/personal-store.ts',
      'store/one-use-codes.ts',
      'store/showing-store.ts',
      'session/',
      'terminal/',
      'follow/',
    ),
  ],
  'sandbox-server/clock.ts': [],
  'sandbox-server/with-signal.ts': [],
  'sandbox-server/schedule/': [],
  'sandbox-server/loopback.ts': [],
  'sandbox-server/database-url.ts': [],
  'sandbox-server/runtime-class.ts': [],
  'sandbox-server/config.ts': server(
    'config-options.ts',
    'loopback.ts',
    'schedule/',
    'database-url.ts',
    'runtime-class.ts',
  ),
  'sandbox-server/config-options.ts': server('errors.ts'),
  'sandbox-server/config-reference.ts': server('config.ts'),
  'sandbox-server/errors.ts': server('protocol/'),
  'sandbox-server/choose-driver.ts': server(''),
  'sandbox-server/open-data.ts': server(''),
  'sandbox-server/server.ts': server(''),
  'sandbox-server/main.ts': server(''),
  'sandbox-server/janitor.ts': server('clock.ts', 'config.ts', 'driver/kubernetes/', 'telemetry/'),
  'sandbox-server/cli/': [...server(''), 'deploy/'],
  // Decks are made when the site is built; what runs in the browser gets no more than their HTML.
  'src/deck/deck-': ['src/', ...server('protocol/', 'decks/')],
  'src/follow/follow-slides.ts': ['src/', ...server('decks/')],
  'src/': server('protocol/'),
};
/** What a driver must not know of the other. */
const drivers = ['sandbox-server/driver/kubernetes/', 'sandbox-server/driver/local'];

interface Import {
  readonly from: string;
  readonly to: string;
}

async function listImports(folder: string): Promise<Import[]> {
  const files = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const sources = files.filter((each) => each.isFile() && /\.(ts|astro|mjs)$/.test(each.name));
  const imports = await Promise.all(sources.map((each) => readImports(join(each.parentPath, each.name))));
  return imports.flat();
}

async function readImports(file: string): Promise<Import[]> {
  const source = await readFile(file, 'utf8');
  const statements = source.matchAll(
    /(?:^\s*(?:import|export)\b[^'";]*?from\s*|^\s*import\s*|\bimport\()\s*['"]([^'"]+)['"]/gm,
  );
  return [...statements].map(([, specifier = '']) => ({
    from: relative(root, file),
    to: specifier.startsWith('.') ? relative(root, join(dirname(file), specifier)) : specifier,
  }));
}

const isLocal = ({ to }: Import) =>
  to.startsWith('sandbox-server/') || to.startsWith('src/') || to.startsWith('deploy/');
const show = ({ from, to }: Import) => `${from} → ${to}`;

describe('dependencies', async () => {
  const imports = [...(await listImports('sandbox-server')), ...(await listImports('src'))];

  it('go one way between the parts', () => {
    const wrong = imports.filter(isLocal).filter(({ from, to }) => {
      const own = Object.keys(mayImport).find((part) => from.startsWith(part));
      return (
        !own || (!(own.endsWith('/') && to.startsWith(own)) && !mayImport[own]?.some((part) => to.startsWith(part)))
      );
    });
    assert.deepEqual(wrong.map(show), []);
  });

  it('do not join one driver to the other', () => {
    const wrong = imports.filter(({ from, to }) =>
      drivers.some((own) => from.startsWith(own) && drivers.some((other) => other !== own && to.startsWith(other))),
    );
    assert.deepEqual(wrong.map(show), []);
  });

  it('bring nothing but zod/mini into what the browser also loads', () => {
    const foreign = imports.filter((each) => each.from.startsWith('sandbox-server/protocol/') && !isLocal(each));
    assert.deepEqual([...new Set(foreign.map(({ to }) => to))], ['zod/mini']);
  });

  it('leave the environment of the server to its programs', async () => {
    const readers: string[] = [];
    const files = imports.map(({ from }) => from).filter((file) => file.startsWith('sandbox-server/'));
    for (const file of new Set(files)) {
      if (/process\s*\.\s*env\b/.test(await readFile(join(root, file), 'utf8'))) readers.push(file);
    }
    assert.deepEqual(readers.toSorted(), [
      'sandbox-server/cli/podium.ts',
      'sandbox-server/janitor.ts',
      'sandbox-server/main.ts',
    ]);
  });
});
