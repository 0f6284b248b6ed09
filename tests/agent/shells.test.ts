/**
 * The agent in images that are not ours: zsh and ash on Debian, and a root with nothing but BusyBox, as Alpine's; that
 * one is read-only, and the agent is a user who is in no file, without any capability.
 */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ensurePackages } from '../../deploy/launch/debian-packages.ts';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { describeTerminals, type Subject, TEST_LIMIT_MS } from '../drivers/contract-subject.ts';
import { describeTerminal } from '../drivers/contract-terminal.ts';
import { describeTyping } from '../drivers/contract-typing.ts';
import { createAgentDriver, makeAgentSubject } from '../support/agent-driver.ts';
import { type AgentOptions, buildGoProgram, startAgent } from '../support/agent-program.ts';

const PACKAGES = ['busybox-static', 'zsh'];
const LEARNER = 1000;
const ZSH = 'zsh, and';
const BUSYBOX_ALONE = 'where there is nothing but BusyBox, and';
const BUSYBOX = '/bin/busybox';

/** Runs the rest of its words in a root of BusyBox alone, where only the given folders are those of this machine. */
const IN_BUSYBOX = `
root=$1 folder=$2 program=$3; shift 3
mount --bind "$root" "$root"
mount -t tmpfs tmpfs "$root/tmp"
for shared in /dev /proc "$folder" "$program"; do mkdir -p "$root$shared"; mount --rbind "$shared" "$root$shared"; done
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs --inh-caps=-all /usr/sbin/chroot --userspec=${LEARNER}:${LEARNER} --groups= "$root" "$@"
`;

async function makeBusyBoxRoot(folder: string): Promise<string> {
  const root = join(folder, 'root');
  await mkdir(join(root, 'bin'), { recursive: true });
  await mkdir(join(root, 'tmp'));
  const run = promisify(execFile);
  await run('cp', [BUSYBOX, join(root, 'bin')]);
  // Names that start programs, as its installation in an image makes them.
  await run('chroot', [root, BUSYBOX, '--install', '-s', '/bin']);
  return root;
}

/** The home, and the folder around it, where the agent's socket will be. */
async function giveToLearner(home: string): Promise<void> {
  for (const folder of [home, dirname(home)]) await chown(folder, LEARNER, LEARNER);
}

function describeWalls(subject: Subject): void {
  describeTerminals('a shell', subject, (desk) => {
    it('is nobody’s, has no capability, and may not write to its root', async () => {
      const player = await desk.open();
      await player.run(
        `[ $(id -u) = ${LEARNER} ] && grep -q 'CapEff:.0*$' /proc/self/status && ! touch /bin/x && echo walls-$((40 + 2))`,
        /Read-only file system[^]*walls-42/,
      );
    });
  });
}

describe('the agent starts', { timeout: 10 * TEST_LIMIT_MS }, () => {
  let folder = '';
  let program = '';
  let busyBoxRoot = '';
  before(async () => {
    const outcome = await ensurePackages(PACKAGES, 'tests of shells', () => undefined);
    if (!outcome.ok) throw new Error(`${outcome.reason}. By hand: ${outcome.byHand}`);
    folder = await mkdtemp(join(tmpdir(), 'podium-shells-'));
    // Not for root alone: the agent is a learner there.
    await chmod(folder, 0o755);
    program = await buildGoProgram('.', folder);
    busyBoxRoot = await makeBusyBoxRoot(folder);
  });
  after(() => rm(folder, { recursive: true }));

  const shells: readonly (readonly [string, () => AgentOptions])[] = [
    [
      ZSH,
      // Without the file zsh asks its questions for new people.
      () => ({ environment: { SHELL: '/bin/zsh' }, prepareHome: (home) => writeFile(join(home, '.zshrc'), '') }),
    ],
    ['ash, and', () => ({ environment: { SHELL: join(busyBoxRoot, 'bin/ash') } })],
    [
      BUSYBOX_ALONE,
      () => ({
        environment: { PATH: '/bin' },
        prepareHome: giveToLearner,
        makeLauncher: (own) => ['unshare', '--mount', 'sh', '-ec', IN_BUSYBOX, 'sh', busyBoxRoot, own, folder],
      }),
    ],
  ];
  for (const [name, options] of shells) {
    describe(name, () => {
      let driver: Driver;
      before(() => {
        driver = createAgentDriver(() => startAgent(program, options()));
      });
      const subject = makeAgentSubject(() => driver);
      after(async () => {
        await subject.discarded();
        await driver[Symbol.asyncDispose]();
      });
      // The line editor of zsh shows what is typed also where the terminal does not.
      if (name !== ZSH) describeTerminal(subject);
      describeTyping(subject);
      if (name === BUSYBOX_ALONE) describeWalls(subject);
    });
  }
});
