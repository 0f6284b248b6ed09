package judge

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/objects"
)

const (
	// As the server's driver port promises.
	maxOutput = 64 << 10
	// Ends what `timeout` could not.
	killMargin = time.Second
	// Of a check that somehow holds its output open beyond its end.
	outputMargin = time.Second

	statusKilled = 137
	// As a click on Check ends where there is no place for it.
	statusNotMade = 125
)

// runner gives each check a home of its own that is gone afterwards, as a click on Check does.
type runner struct {
	folder       string
	certificates string
	environment  []string
}

type run struct {
	result Result
	// Processor time, of what was waited for; for one that was killed all of its time, for nobody has counted.
	cost time.Duration
}

func (r *runner) run(ctx context.Context, check Check, access objects.Access) run {
	began := time.Now()
	made, err := r.prepare(check, access)
	if err != nil {
		return run{Result{check.Name, statusNotMade, err.Error()}, time.Since(began)}
	}
	defer os.RemoveAll(made)
	limited, cancel := context.WithTimeout(ctx, check.timeLimit()+killMargin)
	defer cancel()
	// The program that limits it is found by the check's own PATH, and ends it should this one be gone.
	limit := strconv.FormatFloat(check.timeLimit().Seconds(), 'f', -1, 64)
	command := exec.CommandContext(limited, "/bin/sh", "-c", `exec timeout -s KILL "$1" /bin/sh ./check`, "check", limit)
	command.Dir = made
	command.Env = r.makeEnvironment(made)
	output := &head{}
	command.Stdout = output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	killAll := func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.Cancel = killAll
	command.WaitDelay = outputMargin
	err = command.Run()
	if command.Process != nil {
		_ = killAll()
	}
	code := exitCode(command.ProcessState, err)
	cost := time.Since(began)
	if state := command.ProcessState; state != nil && code != statusKilled {
		cost = state.UserTime() + state.SystemTime()
	}
	return run{Result{check.Name, code, output.text()}, cost}
}

func (r *runner) prepare(check Check, access objects.Access) (string, error) {
	home, err := os.MkdirTemp(r.folder, "check.")
	if err != nil {
		return "", err
	}
	config, err := makeKubeconfig(access, r.certificates)
	if err == nil {
		err = errors.Join(
			os.WriteFile(filepath.Join(home, "kubeconfig"), config, 0o600),
			os.WriteFile(filepath.Join(home, "check"), []byte(check.Source), 0o600),
		)
	}
	if err != nil {
		os.RemoveAll(home)
		return "", err
	}
	return home, nil
}

// makeEnvironment is that of a click on Check. Only what the API server says of its kinds is kept from one run to the
// next: to ask for it anew is half of what kubectl takes.
func (r *runner) makeEnvironment(home string) []string {
	return append(append([]string{}, r.environment...),
		"HOME="+home,
		"PWD="+home,
		"KUBECONFIG="+filepath.Join(home, "kubeconfig"),
		"KUBECACHEDIR="+filepath.Join(r.folder, "cache"),
		"KUBERC=off",
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"LC_ALL=C.UTF-8",
	)
}

// makeKubeconfig writes JSON, which is YAML.
func makeKubeconfig(access objects.Access, certificates string) ([]byte, error) {
	type object map[string]any
	return json.Marshal(object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"clusters":        []object{{"name": "podium", "cluster": object{"server": access.APIServer, "certificate-authority": certificates}}},
		"users":           []object{{"name": "checker", "user": object{"token": access.Token}}},
		"contexts":        []object{{"name": "podium", "context": object{"cluster": "podium", "user": "checker", "namespace": access.Namespace}}},
		"current-context": "podium",
	})
}

func exitCode(state *os.ProcessState, err error) int {
	if state == nil {
		return statusNotMade
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return statusKilled
	}
	if err != nil && state.ExitCode() == 0 {
		// It ended well, and something of it goes on that had to be cut off.
		return statusKilled
	}
	return state.ExitCode()
}

// head keeps the first part of what is written and takes all of it, so that nobody who writes much is held up.
type head struct {
	mutex sync.Mutex
	kept  []byte
}

func (h *head) Write(bytes []byte) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.kept = append(h.kept, bytes[:min(len(bytes), maxOutput-len(h.kept))]...)
	return len(bytes), nil
}

func (h *head) text() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return string(h.kept)
}
