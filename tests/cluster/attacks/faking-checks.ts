/**
 * Attacks on a check: to have work called done that is not. Each trap fools the check where it runs in the learner's
 * own shell, which is the control; and must not where it runs.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attack, AttackClass } from './attack.ts';
import { fakeApiServer, fakeKubectl } from './faked-answers.ts';
import * as layers from './layers.ts';
import { makePreload } from './preload.ts';
import type { Stage } from './stage.ts';

const CHECK = 'server-version';
const source = await readFile(join(import.meta.dirname, '../../../content/labs/first-steps/checks', CHECK), 'utf8');

const isDone: Attack['proof'] = { prints: /"done":true/ };

/** Asks the server, as the page's button does. */
async function askServer({ attacker }: Stage): Promise<string> {
  return (await attacker.browser.check(attacker.sandboxId, CHECK)).text;
}

/** The same check in a login shell of the learner, with all that a trap has changed there. */
async function checkInShell({ attacker, places }: Stage): Promise<string> {
  const CODE = Buffer.from(source).toString('base64');
  const line = `base64 -d <<< $CODE > /tmp/check
env -i HOME=$HOME NAMESPACE=$NAMESPACE bash -lc '. ~/.profile; sh /tmp/check' && echo '"done":true'`;
  return await attacker.play(line, { ...places, CODE });
}

const CLEAR =
  'rm -rf ~/bin ~/fake ~/.profile ~/.bashrc ~/.kube; mv ~/kept ~/.kube; cat ~/fake.pid | xargs -r kill; rm -f ~/fake.pid';

function trap(name: string, script: string, stoppedBy: Attack['layers'] = both): Attack {
  return {
    name,
    async attempt(stage, values) {
      const said = await stage.attacker.play(
        `cp -r ~/.kube ~/kept; touch ~/.profile; mkdir -p ~/fake\n${script}`,
        values,
      );
      const answer = await (values['BY'] === 'shell' ? checkInShell(stage) : askServer(stage));
      await stage.attacker.play(CLEAR, values);
      return `${said}${answer}`;
    },
    control: { BY: 'shell' },
    proof: isDone,
    layers: stoppedBy,
  };
}

const both: Attack['layers'] = [layers.ownChecker, layers.checkerEnvironment];

const write = (file: string, content: string | Buffer) =>
  `base64 -d <<< ${Buffer.from(content).toString('base64')} > ${file}; chmod 755 ${file}`;
/** Speaks HTTP on the loopback of the pod, which the checker's container has too. */
const startFake = `${write('~/fake/server', fakeApiServer)}
perl ~/fake/server > /dev/null 2>&1 & echo $! > ~/fake.pid
until curl -s http://127.0.0.1:8001/version > /dev/null; do sleep 0.1; done`;
const fakeConfig = `apiVersion: v1
kind: Config
clusters: [{ name: fake, cluster: { server: "http://127.0.0.1:8001" } }]
contexts: [{ name: fake, context: { cluster: fake, namespace: default, user: fake } }]
users: [{ name: fake, user: {} }]
current-context: fake
`;

const traps: readonly Attack[] = [
  trap(
    'have the check run a kubectl of their own, by PATH',
    `mkdir -p ~/bin; ${write('~/bin/kubectl', fakeKubectl)}
for file in .profile .bashrc .bash_profile .pam_environment; do echo 'PATH=~/bin:$PATH; export PATH' > ~/$file; done`,
  ),
  trap(
    'have the check ask an API server of their own, by ~/.kube/config',
    `${startFake}\n${write('~/.kube/config', fakeConfig)}`,
  ),
  trap(
    'have the check ask an API server of their own, by a link in place of ~/.kube',
    `${startFake}\nmkdir -p /tmp/fake-kube; ${write('/tmp/fake-kube/config', fakeConfig)}; rm -rf ~/.kube; ln -s /tmp/fake-kube ~/.kube`,
  ),
  trap(
    'have the check ask an API server of their own, by KUBECONFIG',
    `${startFake}\n${write('~/fake/config', fakeConfig)}; echo 'export KUBECONFIG=~/fake/config' > ~/.profile`,
  ),
  trap(
    'change what kubectl does, by ~/.kube/kuberc',
    `${startFake}
${write('~/fake/config', fakeConfig)}
cat > ~/.kube/kuberc <<KUBERC
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- command: get
  options: [{ name: kubeconfig, default: "$HOME/fake/config" }]
KUBERC`,
  ),
  trap(
    'end the check early, by a library that is loaded first',
    `${write('~/fake/early.so', makePreload())}; echo 'export LD_PRELOAD=$HOME/fake/early.so' > ~/.profile
echo $HOME/fake/early.so 2>/dev/null > /etc/ld.so.preload`,
  ),
];

/** As the lab's page asks for it. */
const trueVersion = "kubectl version | sed -n 's/Server Version: //p'";

const CHECKING = /it-found-the-check/;

/** Has the check asked by itself, as a page does that has its step open. */
async function watch({ attacker }: Stage): Promise<boolean> {
  const { text } = await attacker.browser.watch(attacker.sandboxId, [CHECK]);
  return text.includes(CHECK);
}

/** A change is answered within two seconds, and a second or two later by the check itself. */
const UNTIL_ASKED = 'sleep 6';

const watching: readonly Attack[] = [
  {
    name: 'find what asks checks by itself, to answer in its place',
    async attempt(stage, values) {
      const look = `for ((i = 0; i < 40; i++)); do grep -lsazx -e --certificates /proc/[0-9]*/cmdline; ls -d $FOLDER/watch.* 2>/dev/null; sleep 0.1; done | grep -q . && echo it-found-the-check || echo not-found`;
      if (values['BY'] === 'shell') {
        return await stage.attacker.play(`(exec -a --certificates sleep 6) & job=$!; ${look}; kill $job`, values);
      }
      if (!(await watch(stage))) return 'nothing is watched';
      return await stage.attacker.play(look, values);
    },
    with: { FOLDER: '/var/run/podium/checker' },
    control: { BY: 'shell' },
    proof: { prints: CHECKING },
    layers: [layers.ownChecker],
  },
  {
    name: 'have what it reads taken for what it has found, by itself',
    async attempt(stage, values) {
      if (!(await watch(stage))) return 'nothing is watched';
      await stage.attacker.play(
        `kubectl create configmap notes --from-literal=server="${values['NOTE']}"; ${UNTIL_ASKED}; kubectl delete configmap notes`,
        values,
      );
      const { browser } = stage.attacker;
      return (await browser.send('/api/labs/first-steps/progress')).text;
    },
    with: {
      NOTE: String.raw`v1
{\"check\":\"${CHECK}\",\"exitCode\":0,\"output\":\"\"}
`,
    },
    proof: { prints: new RegExp(`"checksDone":\\["${CHECK}`) },
    layers: [layers.serverJudges],
  },
];

const meddling: readonly Attack[] = [
  {
    name: 'find the process of the check, to stop or change it',
    async attempt(stage, values) {
      const look = `timeout 4 bash -c 'until grep -lsaz "^./check$" /proc/[0-9]*/cmdline > /tmp/found; do :; done'; test -s /tmp/found && echo it-found-the-check; echo not-found`;
      if (values['BY'] === 'shell') {
        return await stage.attacker.play(`(exec -a ./check sleep 5) & job=$!; ${look}; kill $job`, values);
      }
      const found = stage.attacker.play(look, values);
      for (let count = 0; count < 3; count += 1) await askServer(stage);
      return await found;
    },
    control: { BY: 'shell' },
    proof: { prints: CHECKING },
    layers: [layers.ownChecker],
  },
  {
    name: 'write over the check, or its home',
    async attempt(stage, values) {
      const found = stage.attacker.play(
        `timeout 4 bash -c 'until ls -d $FOLDER/check.* 2>/dev/null && for f in $FOLDER/check.*; do echo exit 0 > $f/check; echo it-found-the-check; done; do :; done'; echo not-found`,
        values,
      );
      for (let count = 0; count < 3; count += 1) await askServer(stage);
      return await found;
    },
    with: { FOLDER: '/var/run/podium/checker' },
    proof: { prints: CHECKING },
    layers: [layers.ownChecker],
  },
  {
    name: 'take the address of the API server for themselves',
    attempt:
      'ip address add $KUBERNETES_SERVICE_HOST/32 dev lo; ip -brief address show lo; ip address del $KUBERNETES_SERVICE_HOST/32 dev lo 2>/dev/null',
    proof: { prints: /^lo .*10\.\d+\.0\.1\/32/m },
    layers: [layers.capabilities],
  },
  {
    name: 'take the name of the API server for themselves',
    attempt: 'echo "127.0.0.1 kubernetes.default.svc" >> /etc/hosts; getent hosts kubernetes.default.svc',
    proof: { prints: /^127\.0\.0\.1\s+kubernetes/m },
    layers: [layers.readOnlyRoot],
  },
];

const telling: readonly Attack[] = [
  {
    name: 'tell the server themselves that it is done',
    async attempt({ attacker: { browser, sandboxId } }) {
      const body = JSON.stringify({ check: CHECK, done: true });
      const requests = [
        browser.send(`/api/sandboxes/${sandboxId}/checks/${CHECK}`, { method: 'POST', body }),
        browser.send(`/api/sandboxes/${sandboxId}`, { method: 'PATCH', body: `{"checksDone":["${CHECK}"]}` }),
        browser.send(`/api/sandboxes/${sandboxId}/watched-checks`, {
          method: 'POST',
          body: JSON.stringify({ page: 'page', checks: [CHECK], done: true, exitCode: 0 }),
        }),
        browser.send('/api/labs/first-steps/progress', { method: 'PUT', body: `{"checksDone":["${CHECK}"]}` }),
      ];
      const replies = await Promise.all(requests);
      const progress = await browser.send('/api/labs/first-steps/progress');
      return [...replies, progress].map(({ text }) => text).join('\n');
    },
    proof: { prints: new RegExp(`"done":true|"checksDone":\\["${CHECK}`) },
    layers: [layers.serverJudges],
  },
  {
    name: 'have another’s work called theirs',
    async attempt({ attacker, victim }, { BY, WORK }) {
      await victim.play(WORK ?? '', {});
      const who = BY === 'victim' ? victim : attacker;
      return (await who.browser.check(victim.sandboxId, CHECK)).text;
    },
    with: {
      WORK: `kubectl create configmap notes --from-literal=server=$(${trueVersion}) 2>/dev/null`,
    },
    control: { BY: 'victim' },
    proof: isDone,
    layers: [layers.ownership],
  },
  {
    name: 'have the check run what it reads',
    async attempt(stage, values) {
      await stage.attacker.play(`kubectl create configmap notes --from-literal=server="${values['NOTE']}"`, values);
      const answer = await askServer(stage);
      await stage.attacker.play('kubectl delete configmap notes', values);
      return answer;
    },
    with: {
      NOTE: String.raw`v1'; exit 0\n\$(exit 0)\`exit 0\`
passed`,
    },
    control: { NOTE: `$(${trueVersion})` },
    proof: isDone,
    layers: [layers.carefulCheck],
  },
  {
    name: 'read the checks and the answers on the site',
    async attempt({ attacker: { browser } }, { PATHS }) {
      const replies = await Promise.all((PATHS ?? '').split(' ').map((path) => browser.send(path)));
      return replies.map(({ status, text }) => `${status} ${text.slice(0, 2000)}`).join('\n');
    },
    with: {
      PATHS: `/labs/first-steps/checks/${CHECK} /en/labs/first-steps/checks/${CHECK} /content/labs/first-steps/checks/${CHECK} /..%2fcontent/labs/first-steps/checks/${CHECK} /en/..%2f..%2f..%2fcontent%2flabs%2ffirst-steps%2fchecks%2f${CHECK}`,
    },
    control: { PATHS: '/en/labs/first-steps/' },
    proof: { prints: /refuse\(\)/ },
    controlProof: { prints: /^200 / },
    layers: [layers.siteFiles],
  },
];

export const fakingChecks: AttackClass = {
  name: 'faking a check',
  attacks: [...traps, ...watching, ...meddling, ...telling],
  isAlone: true,
};
