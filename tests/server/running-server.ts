/** A whole server on a free port, with the local driver, a small site and a small lab; everything on real sockets. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock, type Clock } from '../../sandbox-server/clock.ts';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { createDriverSwitch, type DriverSwitch } from '../../sandbox-server/driver/driver-switch.ts';
import { createLocalDriver } from '../../sandbox-server/driver/local-pty.ts';
import { loadLabs } from '../../sandbox-server/labs/load-labs.ts';
import { openData } from '../../sandbox-server/open-data.ts';
import { createServer } from '../../sandbox-server/server.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { Browser } from './browser.ts';

/** Less than the ceiling of the lab. */
export const IDLE_MINUTES = 30;
export const PAGE = '<!doctype html><title>Podium</title><script>const theme = 1</script>';
const LAB = `
title: { en: A lab, fr: Un atelier }
summary: { en: About nothing, fr: Sur rien }
goals: { en: [Learn] }
level: beginner
minutes: 5
image: podium.dev/shell:1
ceilingMinutes: 60
messages:
  no-file: { en: "There is no {name}." }
`;
const STEP = `---
title: Step
---
\`\`\`bash run
echo ran-$((40 + 2)) >> ~/ran; cat ~/ran
\`\`\`
\`\`\`yaml save=manifests/web.yaml
kind: Pod
\`\`\`

:::quiz{name=who}
Who?

- [ ] a
- [x] b

Because of \`b\`.
:::

::check{name=has-file}
::check{name=speaks-nonsense}
::check{name=waits}
::check{name=turns-done}
::check{name=keeps-asking}
::check{name=shell-sees}
::check{name=shell-hangs}
::check{name=shell-floods}
::check{name=shell-binary}
::check{name=shell-dies}
`;

const ENGLISH_STEP = `---
title: Step
---
:::predict{name=what-then}
What then?

- [x] one
- [x] two

Both.
:::
`;
const FRENCH_STEP = STEP.replace('Because of', 'Parce que');
/** A step that is done when a file of its name is in the home. */
function makeStair(name: string): string {
  return `---\ntitle: Step ${name}\n---\n::check{name=${name}}\n`;
}

function makeStairCheck(name: string): string {
  return `#!/bin/sh\n[ -e ~/${name} ] && exit 0\necho no-file name=${name}\nexit 1\n`;
}

const IN_SHELL = '#!/bin/sh\n# where: shell, because a test is about it\n';

/** Files of the site and the content that a test finds. */
const FILES: Readonly<Record<string, string>> = {
  'dist/en/index.html': PAGE,
  'dist/fr/index.html': PAGE,
  'dist/en/404/index.html': '<p>Not here',
  'dist/fr/404/index.html': '<p>Pas ici',
  'dist/_astro/page.abc123.js': 'export {}',
  'dist/favicon.svg': '<svg/>',
  'content/labs/first-steps/lab.yaml': LAB,
  'content/labs/first-steps/steps/01-only.md': STEP,
  'content/labs/first-steps/steps/01-only.fr.md': FRENCH_STEP,
  'content/labs/first-steps/files/notes/hello': 'brought along\n',
  'content/labs/first-steps/files/notes/run': '#!/bin/sh\necho ran-$((40 + 2))\n',
  'content/labs/first-steps/checks/has-file': '#!/bin/sh\n[ -e ~/done ] && exit 0\necho no-file name=done\nexit 1\n',
  'content/labs/first-steps/checks/speaks-nonsense': '#!/bin/sh\necho something else\nexit 1\n',
  'content/labs/first-steps/checks/waits': '#!/bin/sh\nuntil [ -e ~/go ]; do sleep 0.05; done\n',
  'content/labs/first-steps/checks/turns-done':
    '#!/bin/sh\n# needs: pods\n[ -e ~/tree ] || { echo no-file; exit 1; }\n',
  // Leaves a mark for each time that it is asked, and another one where it is not alone.
  'content/labs/first-steps/checks/keeps-asking':
    '#!/bin/sh\n# needs: pods\nkill -0 "$(cat ~/alone)" 2>/dev/null && touch ~/not-alone\necho $$ > ~/alone\necho asked >> ~/asked\nsleep 0.2; echo no-file; exit 1\n',
  'content/labs/first-steps/checks/shell-sees': `${IN_SHELL}[ "$(pwd)" = "$HOME" ] && echo no-file name=home >&2\nexit 1\n`,
  'content/labs/first-steps/checks/shell-hangs': `${IN_SHELL}sleep 1000\n`,
  'content/labs/first-steps/checks/shell-floods': `${IN_SHELL}head -c 10000000 /dev/zero | tr '\\0' x\nexit 1\n`,
  'content/labs/first-steps/checks/shell-binary': `${IN_SHELL}head -c 5000 /dev/urandom\nexit 1\n`,
  'content/labs/first-steps/checks/shell-dies': `${IN_SHELL}kill -KILL $$\n`,
  'content/labs/second/lab.yaml': LAB,
  'content/labs/second/steps/01-only.md': ENGLISH_STEP,
  'content/labs/stairs/lab.yaml': LAB,
  'content/labs/stairs/steps/01-one.md': makeStair('one'),
  'content/labs/stairs/steps/02-two.md': makeStair('two'),
  'content/labs/stairs/steps/03-three.md': makeStair('three'),
  'content/labs/stairs/steps/04-wrong.md': makeStair('wrong'),
  'content/labs/stairs/checks/one': makeStairCheck('one'),
  'content/labs/stairs/checks/two': makeStairCheck('two'),
  'content/labs/stairs/checks/three': makeStairCheck('three'),
  'content/labs/stairs/checks/wrong': makeStairCheck('wrong'),
  'content/labs/stairs/solve/01-one': '#!/bin/sh\ntouch ~/one\n',
  'content/labs/stairs/solve/02-two': '#!/bin/sh\n[ ! -e ~/slowly ] || sleep 30\ntouch ~/two\n',
  'content/labs/stairs/solve/04-wrong': '#!/bin/sh\ntouch ~/something-else\n',
  'content/labs/broken/lab.yaml': 'title: 5\n',
  'content/labs/broken/steps/01-only.md': '---\ntitle: Step\n---\n',
};

export interface RunningServer extends AsyncDisposable {
  readonly origin: string;
  readonly directory: string;
  readonly drivers: DriverSwitch;
}

export interface ServerOptions {
  readonly clock?: Clock;
  readonly publicUrl?: URL;
  readonly sandboxLimit?: number;
  readonly keptHomesMiB?: number;
  readonly keepDays?: number;
  /** Folder of an earlier server, to be its successor. */
  readonly directory?: string;
  /** Shared with other servers, instead of a file of its own. */
  readonly databaseUrl?: URL;
  /** Without a driver, as while a cluster is being built. */
  readonly isWithoutDriver?: boolean;
}

export async function makeFolders(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'podium-server-'));
  await mkdir(join(directory, 'data'), { mode: 0o700 });
  for (const [name, source] of Object.entries(FILES)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), source, { mode: source.startsWith('#!') ? 0o755 : 0o644 });
  }
  return directory;
}

export function createTestDriver(directory: string, clock: Clock = systemClock): Promise<Driver> {
  return createLocalDriver({
    directory: join(directory, 'sandboxes'),
    clock,
    isLoopback: true,
    environment: process.env,
  });
}

/** A server that listens; disposing it also takes its folder away, unless that was given. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { clock = systemClock } = options;
  const directory = options.directory ?? (await makeFolders());
  await using resources = new AsyncDisposableStack();
  if (options.directory === undefined) resources.defer(() => rm(directory, { recursive: true, force: true }));
  const log = createLog('silent');
  const place = { dataDirectory: join(directory, 'data'), databaseUrl: options.databaseUrl, secretFile: undefined };
  const data = resources.use(await openData({ ...place, clock, log }, new AbortController().signal));
  const drivers = resources.use(createDriverSwitch(options.isWithoutDriver ? 'kubernetes' : 'local'));
  if (!options.isWithoutDriver) await drivers.use(await createTestDriver(directory, clock));
  const { labs } = await loadLabs(join(directory, 'content'));
  const server = resources.use(
    await createServer({
      ...data,
      config: {
        host: '127.0.0.1',
        publicUrl: options.publicUrl,
        siteDirectory: join(directory, 'dist'),
        sandboxLimit: options.sandboxLimit ?? 200,
        reservations: [],
        idleMinutes: IDLE_MINUTES,
        keptHomesMiB: options.keptHomesMiB ?? 64,
        keepDays: options.keepDays ?? 365,
        driverReason: undefined,
      },
      labs,
      drivers,
      clock,
      log,
      metrics: createMetrics(),
    }),
  );
  const port = await server.listen(0);
  const held = resources.move();
  return { origin: `http://127.0.0.1:${port}`, directory, drivers, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

export interface ServedLearner {
  readonly server: RunningServer;
  readonly learner: Browser;
  /** Of the learner's sandbox, which runs. */
  readonly id: string;
}

export async function startServerWithLearner(): Promise<ServedLearner> {
  const server = await startServer();
  const learner = new Browser(server.origin);
  const { id } = await learner.startAndWait();
  return { server, learner, id };
}
