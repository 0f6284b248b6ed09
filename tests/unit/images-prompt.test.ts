import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROMPT = fileURLToPath(new URL('../../deploy/images/shell/rootfs/usr/share/podium/prompt.bash', import.meta.url));
const home = await mkdtemp(join(tmpdir(), 'podium-prompt-'));
after(() => rm(home, { recursive: true }));

/** The namespace that the prompt shows for a kubeconfig. */
async function namespaceShown(kubeconfig: string): Promise<string> {
  const file = join(home, 'config');
  await writeFile(file, kubeconfig);
  const script = `. ${PROMPT}; __podium_read_namespace; printf %s "$__podium_namespace"`;
  const { stdout } = await run('bash', ['--norc', '-c', script], { env: { KUBECONFIG: file, HOME: home } });
  return stdout;
}

const kubeconfig = (current: string) => `apiVersion: v1
clusters:
- cluster:
    server: https://10.0.0.1
  name: lab
contexts:
- context:
    cluster: lab
    namespace: learner-1
    user: learner
  name: lab
- name: other
  context:
    cluster: lab
    user: learner
    namespace: "two"
- context:
    cluster: lab
    user: learner
  name: bare
current-context: ${current}
kind: Config
users:
- name: lab
  namespace: not-a-context
`;

describe('the prompt', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['the namespace of the current context', kubeconfig('lab'), 'learner-1'],
    ['that of a context whose name stands first, without its quotes', kubeconfig('other'), 'two'],
    ['“default” where the context names none', kubeconfig('bare'), 'default'],
    ['nothing without a current context', kubeconfig('""'), ''],
    ['nothing for an empty kubeconfig', '', ''],
  ];
  for (const [what, text, shown] of rows) {
    it(`shows ${what}`, async () => {
      assert.equal(await namespaceShown(text), shown);
    });
  }

  it('shows nothing, and no error, where there is no kubeconfig', async () => {
    const script = `. ${PROMPT}; __podium_read_namespace; printf '[%s]' "$__podium_namespace"`;
    const { stdout, stderr } = await run('bash', ['--norc', '-c', script], { env: { HOME: join(home, 'absent') } });
    assert.deepEqual([stdout, stderr], ['[]', '']);
  });
});
