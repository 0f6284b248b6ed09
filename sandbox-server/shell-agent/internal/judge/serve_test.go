package judge

import (
	"bufio"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/objects"
)

const patience = 20 * time.Second

// stage is an agent's input and output, and an API server in which a test changes pods.
type stage struct {
	t       *testing.T
	orders  *json.Encoder
	input   *io.PipeWriter
	lines   chan string
	ended   chan error
	folder  string
	changes chan bool
	url     string
}

func serve(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, lines: make(chan string, 100), ended: make(chan error, 1), folder: t.TempDir(), changes: make(chan bool)}
	api := httptest.NewUnstartedServer(http.HandlerFunc(s.answer))
	api.EnableHTTP2 = true
	api.StartTLS()
	s.url = api.URL
	certificates := filepath.Join(t.TempDir(), "ca.crt")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw})
	if err := os.WriteFile(certificates, block, 0o600); err != nil {
		t.Fatal(err)
	}
	inputReader, input := io.Pipe()
	outputReader, output := io.Pipe()
	s.input, s.orders = input, json.NewEncoder(input)
	pace := Pace{Quiet: 20 * time.Millisecond, Longest: 100 * time.Millisecond, Logs: 50 * time.Millisecond}
	options := Options{certificates, s.folder, []string{"NAMESPACE=learner-a", "HOME=/nowhere", "LD_PRELOAD="}, pace}
	go func() {
		s.ended <- Serve(inputReader, output, options)
		output.Close()
	}()
	go func() {
		for scanner := newScanner(outputReader); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		input.Close()
		api.CloseClientConnections()
		api.Close()
	})
	s.order(map[string]any{"access": objects.Access{APIServer: s.url, Namespace: "learner-a", Token: "secret"}})
	return s
}

func newScanner(reader io.Reader) *bufio.Scanner {
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(nil, 1<<20)
	return scanner
}

func (s *stage) answer(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/podz") {
		http.NotFound(w, r)
		return
	}
	fmt.Fprint(w, `{"metadata":{"resourceVersion":"1"}}`)
	if r.URL.Query().Get("watch") == "" {
		return
	}
	for {
		w.(http.Flusher).Flush()
		select {
		case <-s.changes:
			fmt.Fprintln(w, `{"type":"ADDED","object":{"metadata":{"resourceVersion":"2"}}}`)
		case <-r.Context().Done():
			return
		}
	}
}

func (s *stage) order(order map[string]any) {
	s.t.Helper()
	if err := s.orders.Encode(order); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) watch(checks ...Check) {
	s.t.Helper()
	s.order(map[string]any{"checks": checks})
}

func (s *stage) change() {
	s.t.Helper()
	select {
	case s.changes <- true:
	case <-time.After(patience):
		s.t.Fatal("nobody watches")
	}
}

func (s *stage) line() string {
	s.t.Helper()
	select {
	case line := <-s.lines:
		return line
	case <-time.After(patience):
		s.t.Fatal("nothing came")
		return ""
	}
}

func (s *stage) result() Result {
	s.t.Helper()
	var result Result
	if line := s.line(); json.Unmarshal([]byte(line), &result) != nil || result.Check == "" {
		s.t.Fatalf("no result: %s", line)
	}
	return result
}

// end closes the input and waits until the agent has ended.
func (s *stage) end() error {
	s.t.Helper()
	s.input.Close()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		s.t.Fatal("it does not end")
		return nil
	}
}

func check(name, source string, needs ...objects.Kind) Check {
	return Check{name, "#!/bin/sh\n" + source + "\n", needs, 10_000}
}

func TestACheckIsAskedAtOnceAndAgainWhenSomethingHasChanged(t *testing.T) {
	s := serve(t)
	done := filepath.Join(t.TempDir(), "done")
	s.watch(check("one", "test -e "+done+" || { echo 'no-file \"x\"'; exit 1; }", pods))
	if got, want := s.result(), (Result{"one", 1, "no-file \"x\"\n"}); got != want {
		t.Fatalf("%v, not %v", got, want)
	}
	if err := os.WriteFile(done, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.change()
	if got := s.result(); got.ExitCode != 0 {
		t.Fatalf("%v", got)
	}
	s.change()
	s.watch(check("two", "exit 3"))
	if got := s.result(); got != (Result{"two", 3, ""}) {
		t.Fatalf("what has passed was asked again: %v", got)
	}
}

func TestACheckHasAHomeOfItsOwnAndTheNewestToken(t *testing.T) {
	s := serve(t)
	s.watch(check("one", `echo "$NAMESPACE $KUBERC $LC_ALL $PATH ${HOME#`+s.folder+`/}"; pwd; cat "$KUBECONFIG"; ls -a; echo "homes=$(ls .. | grep -c check)"; exit 1`, pods))
	first := s.result().Output
	for _, wanted := range []string{
		"learner-a off C.UTF-8 /usr/local/bin:/usr/bin:/bin watch.", s.folder, `"token":"secret"`,
		`"server":"` + s.url, `"namespace":"learner-a"`, "check\nkubeconfig\n",
	} {
		if !strings.Contains(first, wanted) {
			t.Errorf("no %s in %s", wanted, first)
		}
	}
	s.order(map[string]any{"access": objects.Access{APIServer: s.url, Namespace: "learner-a", Token: "newer"}})
	// The order and the change come by ways of their own, so the change may be there first.
	var second string
	for try := 0; try < 5 && !strings.Contains(second, `"token":"newer"`); try++ {
		s.change()
		second = s.result().Output
	}
	if !strings.Contains(second, `"token":"newer"`) || !strings.Contains(second, "homes=1\n") {
		t.Errorf("%s", second)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(s.folder); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestACheckThatHangsOrFloodsHarmsNothing(t *testing.T) {
	s := serve(t)
	hanging := check("hangs", "(sleep 1000) & sleep 1000")
	hanging.TimeLimitMs = 200
	s.watch(hanging, check("floods", `head -c 10000000 /dev/zero | tr '\0' '"'; exit 1`), check("strange", `printf '\377\n'; exit 1`))
	seen := map[string]Result{}
	for range 3 {
		result := s.result()
		seen[result.Check] = result
	}
	if code := seen["hangs"].ExitCode; code != statusKilled {
		t.Errorf("the one that hangs ended with %d", code)
	}
	if output := seen["floods"].Output; output != strings.Repeat(`"`, maxOutput) {
		t.Errorf("%d octets of the flood came", len(output))
	}
	if output := seen["strange"].Output; output != "\uFFFD\n" {
		t.Errorf("what is no text came as %q", output)
	}
}

func TestAnotherListEndsWhatIsAskedAndTellsNothingOfIt(t *testing.T) {
	s := serve(t)
	mark := filepath.Join(t.TempDir(), "mark")
	s.watch(check("old", "touch "+mark+"; sleep 1000"))
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(mark); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it was not asked")
		}
	}
	s.watch(check("new", "exit 0"))
	if got := s.result(); got.Check != "new" {
		t.Fatalf("%v", got)
	}
}

func TestTheEndOfTheInputEndsACheckTooAndAllThatItStarted(t *testing.T) {
	s := serve(t)
	mark := filepath.Join(t.TempDir(), "mark")
	s.watch(check("one", "(while :; do echo alive >>"+mark+"; sleep 0.01; done) & wait"))
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(mark); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it was not asked")
		}
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(mark)
	time.Sleep(100 * time.Millisecond)
	if after, _ := os.ReadFile(mark); len(after) != len(before) {
		t.Fatal("it goes on")
	}
}

func TestLogsAreReadAgainThoughNothingChanges(t *testing.T) {
	s := serve(t)
	s.watch(check("log", "exit 1", objects.Kind{Resource: "pods/log"}))
	for range 3 {
		s.result()
	}
}

func TestAKindThatIsNotThereIsSaidOnceAndTheCheckIsAskedAllTheSame(t *testing.T) {
	s := serve(t)
	s.watch(check("one", "exit 1", objects.Kind{Resource: "podz"}))
	if line := s.line(); line != `{"fault":"podz cannot be watched: 404 /api/v1/namespaces/learner-a/podz"}` {
		t.Errorf("%s", line)
	}
	s.result()
}

func TestWhatIsNoOrderEndsIt(t *testing.T) {
	for _, line := range []string{"{", `{"checks":[{"name":"one","source":""}]}`, `{"checks":7}`} {
		s := serve(t)
		go fmt.Fprintln(s.input, line)
		select {
		case err := <-s.ended:
			if err == nil {
				t.Errorf("%s: it ended as if nothing were wrong", line)
			}
		case <-time.After(patience):
			t.Fatalf("%s: it does not end", line)
		}
	}
}
