/** What a lab gives its learner beside text and shell: files in the home, and answers that are judged. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser } from './browser.ts';
import { startServerWithLearner, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;

describe('a lab', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  before(async () => {
    ({ server, learner, id } = await startServerWithLearner());
  });
  after(() => server[Symbol.asyncDispose]());

  const save = (block: string, person = learner) =>
    person.send(`/api/sandboxes/${id}/files`, { method: 'POST', body: JSON.stringify({ block }) });
  const answer = (answers: readonly number[], question = 'first-steps/questions/who') =>
    learner.send(`/api/labs/${question}`, { method: 'POST', body: JSON.stringify({ answers, language: 'fr' }) });
  const seen = async (command: string, wanted: RegExp) => {
    await using page = await learner.openTerminal(id);
    page.type(`${command}\r`);
    await page.waitForText(wanted);
  };

  it('has its files in the home from the start, programs executable', async () => {
    await seen('cat ~/notes/hello; ~/notes/run', /brought along\s[\s\S]*ran-42/);
  });

  it('writes the file of a block over what is there', async () => {
    assert.deepEqual((await save('s1-f1')).json, { path: 'manifests/web.yaml' });
    await seen('cat ~/manifests/web.yaml; echo changed > ~/manifests/web.yaml; echo $((40 + 2))', /kind: Pod[\s\S]*42/);
    await save('s1-f1');
    await seen('cat ~/manifests/web.yaml; echo $((40 + 3))', /kind: Pod[\s\S]*43/);
  });

  it('writes no file that the lab does not have, and none for others', async () => {
    const { status, json } = await save('s9-f9');
    assert.deepEqual([status, json], [404, { code: 'block_unknown', retryable: false }]);
    const other = new Browser(server.origin);
    await other.send('/api/status');
    assert.equal((await save('s1-f1', other)).status, 404);
  });

  it('says what is wrong where the file cannot be written', async () => {
    await seen('rm -r ~/manifests; mkdir -p ~/manifests/web.yaml/full; echo $((40 + 4))', /44/);
    const { status, json } = await save('s1-f1');
    assert.deepEqual(
      [status, json],
      [502, { code: 'save_failed', retryable: true, values: { path: 'manifests/web.yaml' } }],
    );
  });

  it('says of a wrong answer only that it is wrong', async () => {
    assert.deepEqual((await answer([0])).json, { isRight: false });
    assert.deepEqual((await answer([0, 1])).json, { isRight: false });
  });

  it('says why when the answer is right, or when somebody gives up', async () => {
    const why = { right: [1], explanation: ['Parce que `b`.'], language: 'fr' };
    assert.deepEqual((await answer([1])).json, { isRight: true, ...why });
    assert.deepEqual((await answer([])).json, { isRight: false, ...why });
  });

  it('says why in English where there is no other', async () => {
    const { json } = await answer([0], 'second/questions/what-then');
    assert.deepEqual(json, { isRight: false, right: [0, 1], explanation: ['Both.'], language: 'en' });
  });

  it('has no answer to what it does not ask', async () => {
    const { status, json } = await answer([1], 'first-steps/questions/other');
    assert.deepEqual([status, json], [404, { code: 'question_unknown', retryable: false }]);
    assert.equal((await answer([99])).status, 400);
  });
});
