/** The room follows a deck: what the pages of a showing are told, and what is refused to whom. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { question as questionSchema, showingReply } from '../../sandbox-server/protocol/showing.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Browser, type Reply } from './browser.ts';
import { makeFolders, startServer, type RunningServer } from './running-server.ts';
import { makePosition, ShowingBrowser } from './showing-page.ts';

const SUITE_LIMIT_MS = 120_000;
const codeOf = ({ status, json }: Reply) => [status, (json as { code?: string } | undefined)?.code];

describe('a showing of a deck', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let presenter: ShowingBrowser;
  let follower: ShowingBrowser;
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());

  async function begin(): Promise<void> {
    presenter = new ShowingBrowser(server.origin);
    await presenter.begin();
    follower = new ShowingBrowser(server.origin, presenter.code);
  }
  const makeLink = async (role: string) =>
    ((await presenter.post('/links', { role })).json as { readonly key: string }).key;
  async function holder(role: string): Promise<ShowingBrowser> {
    const made = new ShowingBrowser(server.origin, presenter.code);
    assert.equal((await made.post('/key', { key: await makeLink(role) })).status, 200);
    return made;
  }
  async function ask(text: string, who = follower): Promise<string> {
    const reply = await who.post('/questions', { text });
    assert.equal(reply.status, 201, reply.text);
    return (reply.json as { id: string }).id;
  }

  it('is followed by its code, in capitals too, and says where the deck is to who comes late', async () => {
    await begin();
    using early = follower.connect();
    assert.equal((await early.waitFor('state')).position, null);
    assert.equal((await presenter.post('/position', makePosition(3))).status, 204);
    assert.deepEqual((await early.waitFor('position')).position, makePosition(3));
    using late = new ShowingBrowser(server.origin, presenter.code.toUpperCase()).connect();
    const state = await late.waitFor('state');
    assert.deepEqual([state.position, state.deck, state.role], [makePosition(3), 'welcome', 'follower']);
    assert.equal(state.sequence, (await early.waitFor('position')).sequence);
  });

  it('says the same by server-sent events', async () => {
    await begin();
    using page = await follower.listen();
    await page.waitFor('state');
    await presenter.post('/position', makePosition(5, { fragment: 2, isBlank: true }));
    assert.deepEqual((await page.waitFor('position')).position, makePosition(5, { fragment: 2, isBlank: true }));
  });

  it('is moved by a remote, which the deck obeys, and which no follower hears', async () => {
    await begin();
    const remote = await holder('remote');
    using deck = presenter.connect();
    using page = follower.connect();
    await Promise.all([deck.waitFor('state'), page.waitFor('state')]);
    assert.equal((await remote.post('/commands', { command: 'next' })).status, 204);
    assert.equal((await deck.waitFor('command')).command, 'next');
    await presenter.post('/position', makePosition(1));
    await page.waitFor('position');
    assert.ok(page.seen.every(({ type }) => type !== 'command'));
  });

  it('counts who follows, for those who present', async () => {
    await begin();
    using deck = presenter.connect();
    using one = follower.connect();
    using other = await follower.listen();
    await deck.waitFor('followers', ({ count }) => count === 2);
    one[Symbol.dispose]();
    await deck.waitFor('followers', ({ count }) => count === 1);
    assert.ok(other.seen.every(({ type }) => type !== 'followers'));
  });

  it('shows a question when the presenter lets it, with a vote of each follower once', async () => {
    await begin();
    using deck = presenter.connect();
    using page = follower.connect();
    await Promise.all([deck.waitFor('state'), page.waitFor('state')]);
    const id = await ask('  Why two namespaces?  ');
    const waiting = await deck.waitFor('question', ({ question }) => question.id === id);
    assert.deepEqual(waiting.question, { id, text: 'Why two namespaces?', votes: 0, state: 'waiting' });
    assert.equal((await follower.post(`/questions/${id}/votes`, {})).status, 400);
    await presenter.post(`/questions/${id}/state`, { state: 'shown' });
    await page.waitFor('question', ({ question }) => question.state === 'shown');
    const another = new ShowingBrowser(server.origin, presenter.code);
    for (const voter of [follower, follower, another]) {
      assert.equal((await voter.post(`/questions/${id}/votes`, {})).status, 204);
    }
    await page.waitFor('question', ({ question }) => question.votes === 2);
    await presenter.post(`/questions/${id}/state`, { state: 'hidden' });
    await page.waitFor('question-gone', (gone) => gone.id === id);
    assert.ok(page.seen.every((each) => each.type !== 'question' || each.question.state === 'shown'));
    assert.ok(page.seen.every((each) => each.type !== 'question' || each.question.votes <= 2));
  });

  it('keeps the answered questions of a deck when it is over, and nobody who asked', async () => {
    await begin();
    const answered = await ask('Answered?');
    await ask('Never shown?');
    await presenter.post(`/questions/${answered}/state`, { state: 'answered' });
    assert.equal((await presenter.send('', { method: 'DELETE' })).status, 204);
    const { json } = await new Browser(server.origin).send('/api/decks/welcome/questions');
    const { questions } = json as { questions: unknown[] };
    const found = questions.map((each) => questionSchema.parse(each));
    assert.deepEqual(found.find(({ id }) => id === answered)?.text, 'Answered?');
    assert.ok(found.every(({ text }) => text !== 'Never shown?'));
  });

  it('takes votes in the poll of the slide that is shown, one of each follower, and tells the counts', async () => {
    await begin();
    const poll = { id: 'best', options: 3, isMulti: false };
    using page = follower.connect();
    await page.waitFor('state');
    assert.deepEqual(codeOf(await follower.post('/poll', { poll: 'best', answers: [1] })), [409, 'poll_closed']);
    await presenter.post('/position', makePosition(2, { poll }));
    assert.deepEqual(codeOf(await follower.post('/poll', { poll: 'other', answers: [1] })), [409, 'poll_closed']);
    const another = new ShowingBrowser(server.origin, presenter.code);
    for (const [voter, answer] of [
      [follower, 0],
      [another, 2],
      [follower, 2],
    ] as const) {
      assert.equal((await voter.post('/poll', { poll: 'best', answers: [answer] })).status, 204);
    }
    const { result } = await page.waitFor('poll', (each) => each.result.counts[2] === 2);
    assert.deepEqual(result, { id: 'best', counts: [0, 0, 2], voters: 2 });
    for (const answers of [[3], [0, 1], []]) {
      assert.deepEqual(codeOf(await follower.post('/poll', { poll: 'best', answers })), [400, 'bad_request']);
    }
    using late = another.connect();
    assert.deepEqual((await late.waitFor('state')).polls, [result]);
  });

  it('passes on what a captioner types, and the last lines to who comes late', async () => {
    await begin();
    const captioner = await holder('captioner');
    using page = follower.connect();
    await page.waitFor('state');
    await captioner.post('/captions', { text: 'Welcome to', isFinal: false });
    await page.waitFor('caption', ({ text, isFinal }) => text === 'Welcome to' && !isFinal);
    for (const text of ['Welcome to Podium.', 'two', 'three', 'four', 'five']) {
      assert.equal((await captioner.post('/captions', { text, isFinal: true })).status, 204);
    }
    using late = new ShowingBrowser(server.origin, presenter.code).connect();
    assert.deepEqual((await late.waitFor('state')).captions, ['two', 'three', 'four', 'five']);
    assert.deepEqual(codeOf(await captioner.post('/commands', { command: 'next' })), [403, 'showing_key_refused']);
  });

  it('ends for everybody, and then there is nothing at its code', async () => {
    await begin();
    using page = follower.connect();
    using stream = await follower.listen();
    await Promise.all([page.waitFor('state'), stream.waitFor('state')]);
    const { key } = presenter;
    await presenter.send('', { method: 'DELETE' });
    await Promise.all([page.waitFor('ended'), stream.waitFor('ended')]);
    assert.equal(await page.closed, 4404);
    assert.deepEqual(codeOf(await follower.send('')), [404, 'showing_unknown']);
    using again = follower.connect();
    assert.equal(await again.closed, 4404);
    assert.equal(await follower.listen().then(({ closed }) => closed), 404);
    presenter.key = key;
    assert.deepEqual(codeOf(await presenter.post('/position', makePosition(1))), [404, 'showing_unknown']);
  });

  it('leaves a presenter who opens a lesser link in the same browser a presenter', async () => {
    await begin();
    const reply = await presenter.post('/key', { key: await makeLink('captioner') });
    assert.equal(showingReply.parse(reply.json).role, 'presenter');
    assert.equal((await presenter.post('/position', makePosition(1))).status, 204);
  });

  it('survives the server, with its place, its questions and its keys', async () => {
    const own = await startServer({ directory: await makeFolders() });
    const here = new ShowingBrowser(own.origin);
    await here.begin();
    await here.post('/position', makePosition(4));
    await own[Symbol.asyncDispose]();
    await using next = await startServer({ directory: own.directory });
    here.browser.origin = next.origin;
    using page = new ShowingBrowser(next.origin, here.code).connect();
    assert.deepEqual((await page.waitFor('state')).position, makePosition(4));
    assert.equal((await here.post('/position', makePosition(5))).status, 204);
    await rm(own.directory, { recursive: true });
  });
});

describe('a showing that nobody ended', { timeout: SUITE_LIMIT_MS }, () => {
  it('ends a day after its last change', async () => {
    const clock = new ManualClock();
    await using server = await startServer({ clock });
    const presenter = new ShowingBrowser(server.origin);
    await presenter.begin();
    clock.advance(23 * 60 * 60_000);
    await presenter.post('/position', makePosition(1));
    clock.advance(23 * 60 * 60_000);
    assert.equal((await presenter.send('')).status, 200);
    clock.advance(60 * 60_000 + 1);
    assert.deepEqual(codeOf(await presenter.send('')), [404, 'showing_unknown']);
  });
});
