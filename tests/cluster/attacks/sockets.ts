/** Attacks on the way between a page and a shell: somebody else's ticket, a page of another site, frames that no page sends. */
import type { Attack, AttackClass, Values } from './attack.ts';
import { Browser, makeOpen } from '../../server/browser.ts';
import type { TerminalPage } from '../../server/terminal-page.ts';
import { MAX_FRAME_BYTES } from '../../../sandbox-server/protocol/frames.ts';
import * as layers from './layers.ts';
import type { Stage } from './stage.ts';

/** One terminal for all of them: a sandbox has six. */
const TERMINAL = 'attacks';

const OPENED = 'it is open';
const isOpen: Attack['proof'] = { prints: new RegExp(OPENED) };

/** What the socket is told: that it is open, or why not. */
async function tryToOpen(page: TerminalPage): Promise<string> {
  const failure = new Promise<string>((resolve) => page.socket.once('error', ({ message }) => resolve(message)));
  const open = async () => {
    await page.opened;
    page.send(makeOpen({ terminal: TERMINAL, wish: 'view' }));
    await page.waitForMessage('opened');
    return OPENED;
  };
  const closed = async () => (await page.refusal()).join(' ');
  try {
    return await Promise.race([open(), failure]);
  } catch {
    return await closed();
  } finally {
    await page.leave();
  }
}

/** `BY` says who has the cookie: the owner, somebody else, or nobody. */
function cookieOf({ attacker, victim }: Stage, by: string | undefined): Values {
  const cookies = { victim: victim.browser.cookie, attacker: attacker.browser.cookie };
  return { cookie: (by === 'victim' ? cookies.victim : by === 'attacker' ? cookies.attacker : 'podium=none') ?? '' };
}

const entering: readonly Attack[] = [
  ...[
    { name: 'open another’s terminal with a stolen ticket', by: 'attacker' },
    { name: 'open another’s terminal with a stolen ticket and no cookie', by: 'nobody' },
  ].map(({ name, by }): Attack => ({
    name,
    async attempt(stage, { BY }) {
      const { browser, sandboxId } = stage.victim;
      return await tryToOpen(browser.connectTerminal(await browser.ticket(sandboxId), cookieOf(stage, BY)));
    },
    with: { BY: by },
    control: { BY: 'victim' },
    proof: isOpen,
    layers: [layers.ticket],
  })),
  {
    name: 'use a ticket again',
    async attempt({ attacker: { browser, sandboxId } }, { TIMES }) {
      const ticket = await browser.ticket(sandboxId);
      const said: string[] = [];
      for (let count = 0; count < Number(TIMES); count += 1)
        said.push(await tryToOpen(browser.connectTerminal(ticket)));
      return `the last: ${said.at(-1)}`;
    },
    with: { TIMES: '2' },
    control: { TIMES: '1' },
    proof: isOpen,
    layers: [layers.ticket],
  },
  {
    name: 'guess a ticket',
    attempt: ({ attacker: { browser } }, { NONCE }) => tryToOpen(browser.connectTerminal(NONCE ?? '')),
    proof: isOpen,
    layers: [layers.ticket],
  },
  {
    name: 'have a ticket made for another’s sandbox',
    async attempt({ attacker, victim }, { WHOSE }) {
      const { sandboxId } = WHOSE === 'own' ? attacker : victim;
      return (await attacker.browser.send(`/api/sandboxes/${sandboxId}/tickets`, { method: 'POST' })).text;
    },
    control: { WHOSE: 'own' },
    proof: { prints: /"ticket":"./ },
    layers: [layers.ownership],
  },
  {
    name: 'open a terminal from a page of another site',
    attempt: async ({ victim: { browser, sandboxId } }, { ORIGIN }) =>
      tryToOpen(browser.connectTerminal(await browser.ticket(sandboxId), { origin: ORIGIN || browser.origin })),
    with: { ORIGIN: 'https://attack.example' },
    control: { ORIGIN: '' },
    proof: isOpen,
    layers: [layers.origin],
  },
  {
    name: 'open a terminal under a host name that is pointed here',
    attempt: async ({ victim: { browser, sandboxId } }, { HOST }) =>
      tryToOpen(
        browser.connectTerminal(
          await browser.ticket(sandboxId),
          HOST === '' ? {} : { host: HOST ?? '', origin: `http://${HOST}` },
        ),
      ),
    with: { HOST: 'attack.example' },
    control: { HOST: '' },
    proof: isOpen,
    layers: [layers.host],
  },
];

const asOther: readonly Attack[] = [
  {
    name: 'act for somebody by a form on another site',
    async attempt({ victim: { browser, sandboxId } }, { ORIGIN }) {
      const headers = { origin: ORIGIN || browser.origin };
      return (await browser.send(`/api/sandboxes/${sandboxId}/tickets`, { method: 'POST', headers })).text;
    },
    with: { ORIGIN: 'https://attack.example' },
    control: { ORIGIN: '' },
    proof: { prints: /"ticket":"./ },
    layers: [layers.origin],
  },
  {
    name: 'be somebody else by a cookie of their own making',
    async attempt({ victim: { browser } }, { FORGED }) {
      const [person = ''] = decodeURIComponent(browser.cookie ?? '').split('.');
      const cookie = FORGED === 'no' ? (browser.cookie ?? '') : `${person}.${'A'.repeat(43)}`;
      const stranger = new Browser(browser.origin);
      stranger.cookie = cookie;
      return (await stranger.send('/api/sandboxes')).text;
    },
    control: { FORGED: 'no' },
    proof: { prints: /"namespace":"learner-/ },
    layers: [layers.signature],
  },
  {
    name: 'use a link to another browser again',
    async attempt({ victim: { browser, sandboxId } }, { TIMES }) {
      const order = await browser.send(`/api/sandboxes/${sandboxId}/hand-over`, { method: 'POST' });
      const body = JSON.stringify({ code: (order.json as { code: string }).code });
      const headers = { cookie: '' };
      const said: string[] = [];
      for (let count = 0; count < Number(TIMES); count += 1) {
        const own = browser.cookie;
        said.push((await browser.send('/api/hand-over', { method: 'POST', body, headers })).text);
        browser.cookie = own;
      }
      return `the last: ${said.at(-1)}`;
    },
    with: { TIMES: '2' },
    control: { TIMES: '1' },
    proof: { prints: /the last: \{"lab":/ },
    layers: [layers.oneUseCode],
  },
];

const TYPED = /it was typed/;

const typing: readonly Attack[] = [
  {
    name: 'type with a ticket for viewing',
    async attempt({ attacker: { browser, sandboxId } }, { ACCESS, NONCE }) {
      const page = browser.connectTerminal(await browser.ticket(sandboxId, ACCESS === 'view' ? 'view' : 'write'));
      await page.opened;
      page.send(makeOpen({ terminal: TERMINAL, wish: ACCESS === 'view' ? 'view' : 'write' }));
      await page.waitForMessage('opened');
      if (ACCESS !== 'view') page.send({ type: 'take' });
      page.type(`echo typed-${NONCE}-$((40 + 2))\r`);
      const typed = new RegExp(`typed-${NONCE}-42`);
      const said = await page.waitForText(typed).then(
        () => 'it was typed',
        () => undefined,
      );
      const answer = said ?? (await page.refusal()).join(' ');
      await page.leave();
      return answer;
    },
    with: { ACCESS: 'view' },
    control: { ACCESS: 'write' },
    proof: { prints: TYPED },
    layers: [layers.viewTicket],
  },
  {
    name: 'have a key typed again by sending it again',
    async attempt({ attacker: { browser, sandboxId } }, { SECOND }) {
      await using page = await browser.openTerminal(sandboxId);
      page.type('stty -echo; PS1=; PROMPT_COMMAND=; echo quiet-$((40 + 2))\r');
      await page.waitForText(/quiet-42/);
      const line = Buffer.from('echo -n typed-$((40 + 2))+\r');
      page.sendInput(2, line);
      page.sendInput(Number(SECOND), line);
      page.sendInput(Number(SECOND) + 1, Buffer.from('echo the-end-$((40 + 2))\r'));
      await page.waitForText(/the-end-42/);
      return /typed-42\+[^t]*typed-42\+/.test(page.text) ? 'twice' : 'once';
    },
    with: { SECOND: '2' },
    control: { SECOND: '3' },
    proof: { prints: /twice/ },
    layers: [layers.sequence],
  },
];

type Frame = readonly [name: string, send: (page: TerminalPage) => void];

const badFrames: readonly Frame[] = [
  ['send a frame that is not JSON', (page) => page.socket.send('{"type":')],
  ['send a message that is none', (page) => page.socket.send('{"type":"shell","command":"id"}')],
  ['send a message that is too long', (page) => page.socket.send(JSON.stringify({ type: 'x'.repeat(4000) }))],
  ['send bytes of a type that is none', (page) => page.socket.send(Buffer.alloc(64, 7))],
  [
    'send input with a number that no counter has',
    (page) => page.socket.send(Buffer.from([2, ...Buffer.alloc(8, 255), 65])),
  ],
  ['acknowledge what was never sent', (page) => page.ack(1e12)],
  ['ask for a screen of a million columns', (page) => page.socket.send('{"type":"resize","columns":1000000,"rows":1}')],
  ['send a frame beyond all size', (page) => page.socket.send(Buffer.alloc(64 * MAX_FRAME_BYTES, 2))],
];

/** Got through when the server goes on with the socket as if nothing had been. */
const framing: readonly Attack[] = badFrames.map(([name, send]) => ({
  name,
  async attempt({ attacker: { browser, sandboxId } }, { GOOD }) {
    await using page = await browser.openTerminal(sandboxId, { terminal: TERMINAL });
    if (GOOD === 'yes') page.send({ type: 'ping' });
    else send(page);
    page.send({ type: 'ping' });
    const answer = page.waitForMessage('pong').then(
      () => 'it goes on',
      () => undefined,
    );
    return (await answer) ?? (await page.refusal()).join(' ');
  },
  control: { GOOD: 'yes' },
  proof: { prints: /it goes on/ },
  layers: [layers.frames],
}));

export const sockets: AttackClass = {
  isAlone: true,
  name: 'sockets',
  attacks: [...entering, ...asOther, ...typing, ...framing],
};
