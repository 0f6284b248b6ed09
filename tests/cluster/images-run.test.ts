/** Each image runs as a learner's pod does: under `restricted`, in its own user namespace, without capabilities. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRestrictedPods } from '../support/restricted-pods.ts';
import type { RestrictedPods } from '../support/restricted-pods.ts';

const kubeconfig = process.env['PODIUM_TEST_KUBECONFIG'];
const skip = kubeconfig === undefined && 'PODIUM_TEST_KUBECONFIG names no cluster; npm test sets it';

/** What a learner may wait for a prompt that only bash makes. */
const LOGIN_LIMIT_MS = 60;

describe('images in a restricted pod', { skip }, () => {
  let pods: RestrictedPods;
  before(async () => {
    pods = await createRestrictedPods(kubeconfig ?? '');
  });
  after(() => pods[Symbol.asyncDispose]());
  const shell = (pod: string, script: string) => pods.run(pod, ['sh', '-c', script]);

  describe('shell', () => {
    before(() => pods.start({ name: 'shell', image: 'podium.dev/shell:1', command: ['sleep', '600'], isShell: true }));

    it('is the learner, with an editor and a UTF-8 locale', async () => {
      const printed = await shell('shell', 'id -un; echo $HOME $EDITOR $LANG $TERM; grep CapBnd /proc/self/status');
      assert.match(printed, /^learner\n\/home\/learner nano C\.UTF-8 xterm-256color\nCapBnd:\t0+\n$/);
    });

    it('has every tool that a lab may ask for', async () => {
      const tools =
        'kubectl helm kind kompose git curl jq yq nano vim less man tmux ps openssl dig ssh nc tree unzip ip ping';
      assert.equal(
        await shell('shell', `for tool in ${tools}; do command -v $tool >/dev/null || echo $tool; done`),
        '',
      );
    });

    it('says the versions that are pinned', async () => {
      assert.match(await shell('shell', 'kubectl version --client'), /Client Version: v1\.36\.3/);
      assert.match(await shell('shell', 'kind version'), /kind v0\.33\.0/);
      assert.match(await shell('shell', 'helm version --short'), /v4\.3/);
      assert.match(await shell('shell', 'yq --version'), /version v4\./);
    });

    it('completes kubectl, its alias k and helm at the first Tab, without starting them before', async () => {
      const load = `. /usr/share/bash-completion/bash_completion; for name in kubectl k helm; do _completion_loader $name; complete -p $name; done`;
      assert.deepEqual((await pods.run('shell', ['bash', '-c', load])).trim().split('\n'), [
        'complete -o default -F __start_kubectl kubectl',
        'complete -o default -F __start_kubectl k',
        'complete -o default -F __start_helm helm',
      ]);
    });

    it('shows manual pages and edits in a read-only system', async () => {
      assert.match(await shell('shell', 'MANPAGER=cat man ls'), /list directory contents/);
      assert.match(await shell('shell', 'tmux new-session -d && tmux list-sessions'), /1 windows/);
      await assert.rejects(shell('shell', 'touch /etc/x'), /Read-only file system/);
    });

    it(`logs in within ${LOGIN_LIMIT_MS} ms`, async (test) => {
      const measure = 'TIMEFORMAT=%R; for i in 1 2 3 4 5; do time bash -lic exit; done';
      const seconds = (await pods.run('shell', ['bash', '-c', measure])).match(/^\d+\.\d+$/gm)?.map(Number) ?? [];
      const medianMs = (seconds.sort((a, b) => a - b)[2] ?? Infinity) * 1000;
      test.diagnostic(`bash -lic exit: median ${medianMs} ms of ${seconds.length}`);
      assert.ok(medianMs < LOGIN_LIMIT_MS, `${medianMs} ms`);
    });

    it('carries the licences of what it ships', async () => {
      const script =
        'ls /usr/share/licenses/podium; find /usr/share/licenses/podium -type f | wc -l; ls /usr/share/doc/*/copyright | wc -l';
      const [, , , , , files, copyrights] = (await shell('shell', script)).trim().split('\n');
      assert.ok(Number(files) > 5 && Number(copyrights) > 100, `${files} ${copyrights}`);
    });
  });

  describe('web', () => {
    const images = ['docker.io/library/nginx:latest', 'docker.io/library/nginx:1.16.0'];
    for (const [index, image] of images.entries()) {
      it(`serves its page on port 80 as ${image}, and logs it`, async () => {
        const name = `web-${index}`;
        await pods.start({ name, image, port: 80 });
        assert.match(await shell(name, 'curl -s localhost'), /Welcome to nginx!/);
        const logs = await pods.logs(name);
        assert.match(logs, /"GET \/ HTTP\/1\.1" 200/);
        assert.doesNotMatch(logs, /\[(warn|error|crit|alert|emerg)\]/);
      });
    }

    it('also serves as root', async () => {
      await pods.start({ name: 'web-root', image: 'podium.dev/web:1', port: 80, runAsUser: 0 });
      assert.match(await shell('web-root', 'id -u; curl -s localhost'), /^0\n[^]*Welcome to nginx!/);
    });

    it('lets a learner change the page in place', async () => {
      await shell('web-0', 'echo mine >/usr/share/nginx/html/index.html');
      assert.equal(await shell('web-0', 'curl -s localhost'), 'mine\n');
    });

    it('ends at once when asked to', async () => {
      assert.ok((await pods.stop('web-1')) < 5000);
    });
  });

  describe('tools', () => {
    before(() => pods.start({ name: 'busybox', image: 'docker.io/library/busybox:1.28', command: ['sleep', '600'] }));

    it('finds names by DNS and fetches pages', async () => {
      assert.match(await shell('busybox', 'nslookup kubernetes.default.svc.cluster.local'), /Address/);
      const page = await shell(
        'busybox',
        'mkdir /tmp/w && echo page >/tmp/w/x && httpd -p 8000 -h /tmp/w && wget -qO- localhost:8000/x',
      );
      assert.equal(page, 'page\n');
    });

    it('has its applets under their own names', async () => {
      assert.match(await shell('busybox', 'ls --help 2>&1; which wget'), /BusyBox v1\.35[^]*\/bin\/wget/);
    });
  });

  describe('hello', () => {
    let address = '';
    before(async () => {
      const wish = { name: 'hello', image: 'podium.dev/hello:2', port: 8080, env: { GREETING: 'Good day' } };
      const asker = { name: 'asker', image: 'podium.dev/tools:1', command: ['sleep', '600'] };
      const [pod] = await Promise.all([pods.start(wish), pods.start(asker)]);
      address = `http://${pod.status?.podIP}:8080`;
    });

    it('greets with its pod’s name and version, and says whether it is well', async () => {
      assert.equal(await shell('asker', `wget -qO- ${address}/`), 'Good day | Running on: hello | v=2\n');
      assert.equal(await shell('asker', `wget -qO- ${address}/readyz`), 'ok\n');
      await shell('asker', `wget -qO- --post-data= ${address}/healthz/fail`);
      await assert.rejects(shell('asker', `wget -qO- ${address}/healthz`), /503/);
    });

    it('logs one line of JSON a request', async () => {
      const lines = (await pods.logs('hello'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string; path?: string; status?: number });
      assert.ok(lines.some(({ msg, path, status }) => msg === 'request' && path === '/healthz' && status === 503));
    });

    it('ends as soon as its requests are answered', async () => {
      assert.ok((await pods.stop('hello')) < 5000);
    });
  });

  it('bootcamp answers as kubernetes.io’s tutorial says, and shows its source', async () => {
    const checkVersion = async (version: string) => {
      const name = `bootcamp-${version}`;
      await pods.start({ name, image: `docker.io/jocatalin/kubernetes-bootcamp:v${version}`, port: 8080 });
      const answer = await pods.run(name, ['bash', '-c', 'curl -s http://localhost:8080']);
      assert.equal(answer, `Hello Kubernetes bootcamp! | Running on: ${name} | v=${version}\n`);
      assert.match(await pods.run(name, ['cat', 'server.js']), /createServer/);
    };
    await Promise.all(['1', '2'].map(checkVersion));
  });
});
