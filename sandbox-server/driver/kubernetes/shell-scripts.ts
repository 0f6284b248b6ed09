/**
 * What runs in the shell pod before the learner's shell or a check does. Pure: words for an exec.
 * POSIX sh; everything that varies is passed as an argument, never written into the script.
 */
import type { TerminalSize } from '../driver.ts';
import { CHECKER_FOLDER, CLUSTER_MOUNT, TOKEN_MOUNT } from './names.ts';

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

/** Ends with 0 when a shell can be had. */
export const readinessCommand: readonly string[] = ['/bin/sh', '-c', `set -e; umask 077; ${prepareHome}`];

/**
 * A login shell on a terminal of this size. Its first line of output is its process number, by which it is ended.
 * containerd sets TERM=xterm for every exec with a terminal, so ours is set again.
 */
export function makeTerminalCommand({ columns, rows }: TerminalSize): readonly string[] {
  const script = `echo $$; stty cols "$1" rows "$2"; ${prepareHome}
cd; export TERM=xterm-256color COLORTERM=truecolor; exec /bin/bash -l`;
  return ['/bin/sh', '-c', script, 'terminal', String(columns), String(rows)];
}

/** The most that the first line may be: a process number and a line end. */
export const MAX_FIRST_LINE_BYTES = 16;

/**
 * Hangs up the session of that shell, as a closed window does; after a second, ends what did not listen.
 * What was started with nohup stays, as it would anywhere.
 */
export function makeHangUpCommand(processId: number): readonly string[] {
  const script = `pkill -HUP -s "$1"; for try in 1 2 3 4 5 6 7 8 9 10; do
kill -0 "$1" 2>/dev/null || exit 0; sleep 0.1; done; pkill -KILL -s "$1"; exit 0`;
  return ['/bin/sh', '-c', script, 'hang-up', String(processId)];
}

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
timeout --signal=KILL "$1" /bin/sh ./check </dev/null`;
  return ['/bin/sh', '-c', script, 'check', String(timeLimitSeconds)];
}

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
