/**
 * The same bytes in, the same screen out: what programs wrote to a pty that `script` recorded goes through agent, cluster,
 * server and the page's own code, and must draw what xterm.js draws of the recording itself.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skippedWithoutCluster } from '../support/cluster.ts';
import { createHeadless, type PageTerminal, takePicture, type ScreenPicture } from '../support/page-terminal.ts';
import { chooseSeed, makeRandom } from '../support/seeded-random.ts';
import { createTerminalSite, type ClusterPerson, type TerminalSite } from '../support/terminal-site.ts';

const TEST_LIMIT_MS = 120_000;
const SIZE = { columns: 80, rows: 24 };
const RANDOM_LETTERS = 100_000;
/** Says that the recording is over; it draws nothing, unless the recording ends within a sequence. */
const DONE = Buffer.from('\x1b]7;done-42\x07');

/** Lines of a shell, recorded in folders of their own and all at once; each ends by itself, and the last picture stays. */
const recorded: Readonly<Record<string, string>> = {
  vim: "seq 1 500 > numbers; printf ':set number\\n/250\\nddpivim types \\033:split\\n:sleep 100m\\n:q\\n:q!\\n' > keys; vim -u NONE -s keys numbers",
  'vim that is still open':
    "seq 1 500 > numbers; printf ':set number\\n/250\\n:split\\n' > keys; timeout -s KILL 3 vim -u NONE -s keys numbers",
  top: 'timeout -s KILL 4 top -d 0.5',
  less: 'seq 1 500 > numbers; timeout -s KILL 2 less +G numbers',
  tmux: "tmux new-session -d -s r 'seq 1 300; sleep 100'; tmux split-window -t r 'ls --color /usr; sleep 100'; timeout -s KILL 3 tmux attach -t r; tmux kill-server",
  'kubectl get --watch':
    'kubectl create deployment web --image=nginx > /dev/null; timeout 5 kubectl get pods --watch; kubectl delete deployment web',
  'all widths of letters':
    "printf 'gr\\303\\274\\303\\237e \\346\\227\\245\\346\\234\\254\\350\\252\\236 \\360\\237\\231\\202 \\360\\237\\221\\251\\342\\200\\215\\360\\237\\224\\247 e\\314\\201 \\330\\247\\331\\204\\n%.0s' $(seq 1 60); printf '\\033[38;2;10;200;90mtrue colour\\033[0m \\033[3mslanted\\033[0m\\n'",
};

describe('the screen is that of a recording', { skip: skippedWithoutCluster, timeout: 10 * TEST_LIMIT_MS }, () => {
  let site: TerminalSite;
  let person: ClusterPerson;
  let page: PageTerminal;
  before(async () => {
    site = await createTerminalSite();
    person = await site.createPerson();
    page = await person.open({ size: SIZE });
    await Promise.all(Object.entries(recorded).map(([name, line]) => record(name, line)));
  });
  after(async () => {
    await person[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  const folderOf = (name: string) => `~/recordings/${name.replaceAll(/\W/gu, '-')}`;

  async function record(name: string, line: string): Promise<void> {
    const inside = `stty rows ${SIZE.rows} columns ${SIZE.columns}; ${line}`;
    await person.exec(
      `mkdir -p ${folderOf(name)}; cd ${folderOf(name)}; cat > inside; ` +
        "script -qf -c 'bash inside' -O bytes < /dev/null > /dev/null || true; test -s bytes",
      Buffer.from(inside),
    );
  }

  /** Plays a recording, and compares when all of it is there. */
  async function comparePlayed(name: string): Promise<void> {
    const file = `${folderOf(name)}/bytes`;
    const recording = Buffer.from(await person.exec(`base64 -w0 ${file}`), 'base64');
    // Raw, so that the pty changes nothing; what the terminal answers is read and dropped, so that no shell takes it for keys.
    await page.run(
      `stty raw -echo; printf '\\ec'; cat ${file}; printf '\\033]7;done-%s\\007' $((40 + 2)); ` +
        "while read -rs -t 1 -n 1; do :; done; stty sane; printf '\\033]7;idle-%s\\007' $((40 + 2))",
      /\]7;done-42\x07/,
    );
    assert.deepEqual(page.picture, await drawDirectly(recording));
    await page.sees(/\]7;idle-42\x07/);
    await page.run("printf '\\ec'; echo next-$((40 + 2))", /next-42/);
  }

  for (const name of Object.keys(recorded)) it(`of ${name}`, { timeout: TEST_LIMIT_MS }, () => comparePlayed(name));

  it('of random characters and sequences', { timeout: TEST_LIMIT_MS }, async (context) => {
    const seed = chooseSeed();
    context.diagnostic(`PODIUM_TEST_SEED=${seed}`);
    const random = makeRandom(seed);
    // Valid UTF-8: xterm.js counts what is broken differently where a piece happens to end.
    const letter = () => String.fromCodePoint(Math.floor(random() * (random() < 0.9 ? 0x80 : 0x3000)));
    const bytes = Buffer.from(Array.from({ length: RANDOM_LETTERS }, letter).join(''));
    await person.exec(`mkdir -p ${folderOf('random')}; cat > ${folderOf('random')}/bytes`, bytes);
    await comparePlayed('random');
  });
});

/** What the recording draws by itself, and behind it what the page was given behind it. */
async function drawDirectly(recording: Uint8Array): Promise<ScreenPicture> {
  const { terminal, addon } = createHeadless(SIZE);
  await new Promise<void>((resolve) => terminal.write(Buffer.concat([recording, DONE]), resolve));
  const picture = takePicture(terminal, addon);
  terminal.dispose();
  return picture;
}
