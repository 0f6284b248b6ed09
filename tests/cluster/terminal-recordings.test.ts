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

/** Lines of a shell, recorded as they run; each ends by itself, and the last picture stays. */
const recorded: Readonly<Record<string, string>> = {
  vim: "seq 1 500 > /tmp/numbers; printf ':set number\\n/250\\nddpivim types \\033:split\\n:sleep 100m\\n:q\\n:q!\\n' > /tmp/keys; vim -u NONE -s /tmp/keys /tmp/numbers",
  'vim that is still open':
    "seq 1 500 > /tmp/numbers; printf ':set number\\n/250\\n:split\\n' > /tmp/keys; timeout -s KILL 3 vim -u NONE -s /tmp/keys /tmp/numbers",
  top: 'timeout -s KILL 4 top -d 0.5',
  less: 'seq 1 500 > /tmp/numbers; timeout -s KILL 2 less +G /tmp/numbers',
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
  });
  after(async () => {
    await person[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  /** Plays what is in ~/recording, and compares when all of it is there. */
  async function comparePlayed(): Promise<void> {
    const recording = Buffer.from(await person.exec('base64 -w0 ~/recording'), 'base64');
    // Raw, so that the pty changes nothing; what the terminal answers is read and dropped, so that no shell takes it for keys.
    await page.run(
      "stty raw -echo; printf 'play-%s' $((40 + 2)); sleep 0.5; printf '\\ec'; cat ~/recording; " +
        "printf '\\033]7;done-%s\\007' $((40 + 2)); while read -rs -t 1 -n 1; do :; done; stty sane; printf '\\033]7;idle-%s\\007' $((40 + 2))",
      /play-42/,
    );
    await page.sees(/\]7;done-42\x07/);
    assert.deepEqual(page.picture, await drawDirectly(recording));
    await page.sees(/\]7;idle-42\x07/);
    await page.run("printf '\\ec'; echo next-$((40 + 2))", /next-42/);
  }

  for (const [name, line] of Object.entries(recorded)) {
    it(`of ${name}`, { timeout: TEST_LIMIT_MS }, async () => {
      const inside = `stty rows ${SIZE.rows} columns ${SIZE.columns}; ${line}`;
      await person.exec(
        `cat > /tmp/inside <<'END'\n${inside}\nEND\nscript -qf -c 'bash /tmp/inside' -O ~/recording < /dev/null > /dev/null || true; test -s ~/recording`,
      );
      await comparePlayed();
    });
  }

  it('of random characters and sequences', { timeout: TEST_LIMIT_MS }, async (context) => {
    const seed = chooseSeed();
    context.diagnostic(`PODIUM_TEST_SEED=${seed}`);
    const random = makeRandom(seed);
    // Valid UTF-8: xterm.js counts what is broken differently where a piece happens to end.
    const letter = () => String.fromCodePoint(Math.floor(random() * (random() < 0.9 ? 0x80 : 0x3000)));
    const bytes = Buffer.from(Array.from({ length: RANDOM_LETTERS }, letter).join('')).toString('base64');
    // In pieces: a command line has its limits.
    await person.exec(': > ~/base64');
    for (let at = 0; at < bytes.length; at += 3000)
      await person.exec(`printf %s '${bytes.slice(at, at + 3000)}' >> ~/base64`);
    await person.exec('base64 -d ~/base64 > ~/recording');
    await comparePlayed();
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
