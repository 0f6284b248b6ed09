/** Where attacks are played: a victim with something to lose, an attacker who has the same, and an internet that is played. */
import { randomBytes } from 'node:crypto';
import { placeOf, shellPodOf } from '../../support/place-names.ts';
import { type Administrator, createAdministrator } from './administrator.ts';
import type { Values } from './attack.ts';
import { createPlayedInternet, INTERNET, METADATA, type PlayedInternet } from './played-internet.ts';
import { createPlayer, type Player } from './player.ts';

export type { Player } from './player.ts';

export interface Stage {
  readonly origin: string;
  readonly admin: Administrator;
  readonly attacker: Player;
  readonly victim: Player;
  readonly internet: PlayedInternet;
  /** What scripts know as variables: where everything is. */
  readonly places: Values;
}

export interface Theatre extends AsyncDisposable {
  /** For one class: a terminal in the shared attacker's sandbox, or a sandbox of its own. */
  readonly setStage: (isAlone: boolean) => Promise<Stage>;
}

/** Of the Podium under test: where its site is, and an administrator's kubeconfig of its cluster. */
export interface Podium {
  readonly origin: string;
  readonly kubeconfig: string;
}

export async function openTheatre({ origin, kubeconfig }: Podium): Promise<Theatre> {
  await using resources = new AsyncDisposableStack();
  const admin = resources.use(createAdministrator(kubeconfig));
  const internet = resources.use(await createPlayedInternet());
  const join = async () => resources.use(await createPlayer(origin));
  const [victim, sharedAttacker] = await Promise.all([join(), join()]);
  const [victims, own] = await Promise.all([victim, sharedAttacker].map(giveBelongings));
  const common = {
    ...(await findNode(admin)),
    KUBERNETES: `${await findService(admin, 'default/services/kubernetes')}:443`,
    DNS: await findService(admin, 'kube-system/services/kube-dns'),
    SERVER_PORT: new URL(origin).port,
    SERVER_TOKEN: await admin.issueServerToken(),
    INTERNET,
    METADATA,
    VICTIM: victim.namespace,
    VICTIM_SHELL_POD: shellPodOf(victim.namespace),
    VICTIM_SHELL: victims?.shell ?? '',
    VICTIM_PAGE: victims?.page ?? '',
    OWN_PAGE: own?.page ?? '',
  };
  const owned = resources.move();
  return {
    setStage: async (isAlone) => {
      const attacker = owned.use(isAlone ? await createPlayer(origin) : await sharedAttacker.openShell());
      const OWN_SHELL_POD = shellPodOf(attacker.namespace);
      const OWN_PLACE = placeOf(attacker.namespace);
      const places = { ...common, NAMESPACE: attacker.namespace, OWN_PLACE, OWN_SHELL_POD };
      return { origin, admin, attacker, victim, internet, places };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A learner's own: nobody else may read it. The attacker's, with other marks in it, are for the controls. */
const belongings = String.raw`
kubectl create secret generic diary --from-literal=page=$MARK
kubectl create configmap board --from-literal=by=nobody
kubectl run page --image=busybox --command -- sh -c "echo $MARK > /tmp/index.html; cat /tmp/index.html; exec httpd -f -p 8080 -h /tmp"
echo $MARK > ~/diary
(while :; do printf 'HTTP/1.0 200 OK\r\n\r\n%s\n' $MARK | nc -l -N 8000; done > /dev/null 2>&1 &)
kubectl wait --for=condition=Ready --timeout=100s pod/page
kubectl exec page -- sh -c "echo $MARK > /tmp/diary"
echo "page=$(kubectl get pod page -o jsonpath='{.status.podIP}') shell=$(hostname -i) ."
`;

async function giveBelongings(player: Player): Promise<{ page: string; shell: string }> {
  const said = await player.play(belongings, { MARK: `mark-${randomBytes(8).toString('hex')}` });
  const { page, shell } = /page=(?<page>[\d.]+) shell=(?<shell>[\d.]+) /.exec(said)?.groups ?? {};
  if (page === undefined || shell === undefined) throw new Error(`There is nothing to lose: ${said}`);
  return { page, shell };
}

async function findNode(admin: Administrator): Promise<Values> {
  const { items } = (await admin.read('/api/v1/nodes')) as {
    items: { metadata: { name: string }; status: { addresses: { type: string; address: string }[] } }[];
  };
  const [node] = items;
  const address = node?.status.addresses.find(({ type }) => type === 'InternalIP')?.address;
  if (node === undefined || address === undefined) throw new Error('The cluster has no node.');
  return { NODE: address, NODE_NAME: node.metadata.name };
}

async function findService(admin: Administrator, path: string): Promise<string> {
  const service = (await admin.read(`/api/v1/namespaces/${path}`)) as { spec: { clusterIP: string } };
  return service.spec.clusterIP;
}
