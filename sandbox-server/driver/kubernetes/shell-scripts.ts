/**
 * What runs in the shell pod before the learner's shell or a check does. Pure: words for an exec.
 * POSIX sh; everything that varies is passed as an argument, never written into the script.
 */
import { AGENT_PROGRAM, CHECKER_FOLDER, CLUSTER_MOUNT, TOKEN_MOUNT } from './names.ts';

/**
 * Puts the kubeconfig into the home unless there is one, in kubectl's own spelling. With it the lessons on contexts
 * work as printed; the token is a file that the kubelet renews. The address spares each kubectl three DNS questions.
 */
const prepareHome = `if [ ! -e "$HOME/.kube/config" ]; then
mkdir -p "$HOME/.kube" && cat >"$HOME/.kube/config" <<CONFIG
apiVersion: v1
clusters:
- cluster:
    certificate-authority: ${CLUSTER_MOUNT}/ca.crt
    server: https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT
  name: podium
contexts:
- context:
    cluster: podium
    namespace: $NAMESPACE
    user: learner
  name: podium
current-context: podium
kind: Config
preferences: {}
users:
- name: learner
  user:
    tokenFile: ${TOKEN_MOUNT}/token
CONFIG
chmod 600 "$HOME/.kube/config"; fi`;

/** Process 1 of the container `shell`: owns the terminals, and runs the script when it starts and before each shell. */
export const agentCommand: readonly string[] = [AGENT_PROGRAM, 'serve', '--prepare', `umask 077; ${prepareHome}`];

/** Ends with 0 when the agent answers: then the home is prepared, and a shell can be had. */
export const readinessCommand: readonly string[] = [AGENT_PROGRAM, 'ready'];

/** Status of `timeout` when it had to kill. */
export const TIMED_OUT_STATUS = 137;

/**
 * Runs a check in a home of its own that is gone afterwards. The first line of its input is the kubeconfig (JSON is
 * YAML), the rest is the check's source: so neither token nor source is ever seen in a list of processes.
 */
export function makeCheckCommand(timeLimitSeconds: number): readonly string[] {
  const script = `umask 077; HOME=$(mktemp -d ${CHECKER_FOLDER}/check.XXXXXX) || exit 125
trap 'rm -rf "$HOME"' EXIT
export HOME KUBECONFIG="$HOME/kubeconfig" KUBERC=off PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8
cd "$HOME" || exit 125
IFS= read -r kubeconfig && printf '%s\\n' "$kubeconfig" >kubeconfig && cat >check || exit 125
timeout -s KILL "$1" /bin/sh ./check </dev/null`;
  return ['/bin/sh', '-c', script, 'check', String(timeLimitSeconds)];
}

export interface LearnerRun {
  readonly timeLimitSeconds: number;
  readonly scriptBytes: number;
}

/**
 * Runs a script, the first bytes of its input, as the learner would: the home is prepared as before each shell, and the
 * script has what a login shell reads. From a file, so that what it starts does not read the rest of it. An exec that is
 * closed leaves its processes behind, so the end of the input ends them: it comes with the end of the connection.
 */
export function makeLearnerCommand({ timeLimitSeconds, scriptBytes }: LearnerRun): readonly string[] {
  const script = `(umask 077; ${prepareHome}
)
script=$(mktemp) && head -c "$2" >"$script" || exit 125
trap 'rm -f "$script"' EXIT
cd "$HOME" || exit 125
exec 3<&0
timeout -s KILL "$1" /bin/sh -l "$script" </dev/null 2>&1 3<&- &
group=$!
{ while read -r _; do :; done; kill -KILL "-$group"; } <&3 >/dev/null 2>&1 &
guard=$!
wait "$group"
status=$?
kill "$guard" 2>/dev/null
exit "$status"`;
  return ['/bin/sh', '-c', script, 'learner', String(timeLimitSeconds), String(scriptBytes)];
}

/** Process of the container `checker` while checks are watched: reads orders and writes results, a line each. */
export const watchCommand: readonly string[] = [
  AGENT_PROGRAM,
  'check',
  '--certificates',
  `${CLUSTER_MOUNT}/ca.crt`,
  '--folder',
  CHECKER_FOLDER,
];

export interface CheckerAccess {
  readonly apiServer: string;
  readonly namespace: string;
  readonly token: string;
}

/** Standard input of a check command. */
export function makeCheckInput({ apiServer, namespace, token }: CheckerAccess, source: string): string {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'podium', cluster: { server: apiServer, 'certificate-authority': `${CLUSTER_MOUNT}/ca.crt` } }],
    users: [{ name: 'checker', user: { token } }],
    contexts: [{ name: 'podium', context: { cluster: 'podium', user: 'checker', namespace } }],
    'current-context': 'podium',
  };
  return `${JSON.stringify(kubeconfig)}\n${source}`;
}
