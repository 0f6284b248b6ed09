package objects

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const patience = 10 * time.Second

// played is an API server whose watches say what a test has them say.
type played struct {
	*httptest.Server
	mutex    sync.Mutex
	asked    []string
	tokens   []string
	watching chan chan string
	refuse   func(*http.Request) int
}

func play(t *testing.T) *played {
	t.Helper()
	p := &played{watching: make(chan chan string, 10), refuse: func(*http.Request) int { return 0 }}
	p.Server = httptest.NewUnstartedServer(p)
	p.EnableHTTP2 = true
	p.StartTLS()
	t.Cleanup(p.Close)
	return p
}

func (p *played) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mutex.Lock()
	p.asked = append(p.asked, r.URL.Path+"?"+r.URL.RawQuery)
	p.tokens = append(p.tokens, r.Header.Get("Authorization"))
	status := p.refuse(r)
	p.mutex.Unlock()
	switch {
	case status != 0:
		http.Error(w, "{}", status)
	case r.URL.Path == "/apis/apps":
		fmt.Fprint(w, `{"preferredVersion":{"groupVersion":"apps/v7"}}`)
	case r.URL.Query().Get("watch") == "":
		fmt.Fprint(w, `{"metadata":{"resourceVersion":"100"},"items":[{"metadata":{"name":"a"}}]}`)
	default:
		w.(http.Flusher).Flush()
		lines := make(chan string)
		p.watching <- lines
		for line := range lines {
			fmt.Fprintln(w, line)
			w.(http.Flusher).Flush()
		}
	}
}

func (p *played) questions() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return strings.Join(p.asked, "\n")
}

func (p *played) refuseWith(refuse func(*http.Request) int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.refuse = refuse
}

func (p *played) awaitWatch(t *testing.T) chan string {
	t.Helper()
	select {
	case lines := <-p.watching:
		return lines
	case <-time.After(patience):
		t.Fatalf("nobody watches; asked was\n%s", p.questions())
		return nil
	}
}

func (p *played) certificates(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.crt")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

type heard struct {
	begun, changed chan bool
	faults         chan error
}

func watch(t *testing.T, p *played, kind Kind) (*Client, heard) {
	t.Helper()
	client, err := NewClient(p.certificates(t))
	if err != nil {
		t.Fatal(err)
	}
	client.SetAccess(Access{p.URL, "learner-a", "first"})
	h := heard{make(chan bool, 10), make(chan bool, 1000), make(chan error, 10)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan bool)
	go func() {
		client.Watch(ctx, kind, Listener{
			Begun:   func() { h.begun <- true },
			Changed: func() { h.changed <- true },
			Fault:   func(err error) { h.faults <- err },
		})
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		hears(t, ended, "the end of the watch")
	})
	return client, h
}

func hears[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("")
	}
}

func changed(version string) string {
	line, _ := json.Marshal(map[string]any{"type": "MODIFIED", "object": map[string]any{"metadata": map[string]string{"resourceVersion": version}}})
	return string(line)
}

func TestAChangeIsToldWithoutAskingForWhatIsInTheObjects(t *testing.T) {
	p := play(t)
	_, h := watch(t, p, Kind{"apps", "deployments"})
	hears(t, h.begun, "the beginning")
	lines := p.awaitWatch(t)
	lines <- changed("101")
	hears(t, h.changed, "the change")
	close(lines)
	want := "/apis/apps/v7/namespaces/learner-a/deployments?allowWatchBookmarks=true&resourceVersion=100&watch=true"
	if !strings.Contains(p.questions(), want) {
		t.Fatalf("asked was\n%s", p.questions())
	}
}

func TestAWatchThatEndsGoesOnWhereItWasAndTellsNothingTwice(t *testing.T) {
	p := play(t)
	client, h := watch(t, p, Kind{"", "pods"})
	lines := p.awaitWatch(t)
	lines <- changed("107")
	hears(t, h.changed, "the change")
	client.SetAccess(Access{p.URL, "learner-a", "second"})
	close(lines)
	lines = p.awaitWatch(t)
	defer close(lines)
	if !strings.Contains(p.questions(), "resourceVersion=107") || len(h.changed) > 0 {
		t.Fatalf("%d changes were told; asked was\n%s", len(h.changed), p.questions())
	}
	if p.tokens[len(p.tokens)-1] != "Bearer second" {
		t.Fatalf("the tokens were %v", p.tokens)
	}
}

func TestABookmarkIsNoChange(t *testing.T) {
	p := play(t)
	_, h := watch(t, p, Kind{"", "pods"})
	lines := p.awaitWatch(t)
	lines <- `{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"200"}}}`
	close(lines)
	defer close(p.awaitWatch(t))
	if len(h.changed) > 0 || !strings.Contains(p.questions(), "resourceVersion=200") {
		t.Fatalf("%d changes were told; asked was\n%s", len(h.changed), p.questions())
	}
}

func TestWhatIsTooOldBeginsAnewAndMayHaveChanged(t *testing.T) {
	for _, how := range []string{"event", "answer"} {
		t.Run(how, func(t *testing.T) {
			p := play(t)
			_, h := watch(t, p, Kind{"", "pods"})
			lines := p.awaitWatch(t)
			if how == "event" {
				lines <- `{"type":"ERROR","object":{"kind":"Status","code":410}}`
			} else {
				p.refuseWith(func(r *http.Request) int {
					if r.URL.Query().Get("resourceVersion") == "100" && !strings.Contains(strings.Join(p.asked[3:], ""), "limit") {
						return http.StatusGone
					}
					return 0
				})
			}
			close(lines)
			hears(t, h.changed, "a possible change")
			close(p.awaitWatch(t))
		})
	}
}

func TestAKindThatCannotBeHadIsAFaultAndHoldsNobodyUp(t *testing.T) {
	p := play(t)
	p.refuse = func(*http.Request) int { return http.StatusForbidden }
	_, h := watch(t, p, Kind{"", "podz"})
	hears(t, h.begun, "the beginning")
	if err := hears(t, h.faults, "the fault"); !strings.Contains(err.Error(), "podz cannot be watched: 403") {
		t.Fatal(err)
	}
	p.refuseWith(func(*http.Request) int { return 0 })
	hears(t, h.changed, "a possible change")
	close(p.awaitWatch(t))
}

func TestWhoChangesThingsWithoutEndIsReadMoreSlowly(t *testing.T) {
	p := play(t)
	_, h := watch(t, p, Kind{"", "pods"})
	lines := p.awaitWatch(t)
	began := time.Now()
	go func() {
		for range 10 * eventBurst {
			select {
			case lines <- changed("101"):
			case <-time.After(patience):
			}
		}
		close(lines)
	}()
	for range eventBurst + eventsASecond/2 {
		hears(t, h.changed, "a change")
	}
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Fatalf("%d were read in %v", eventBurst+eventsASecond/2, took)
	}
}

func TestAnAPIServerThatCannotProveItsNameIsNotAsked(t *testing.T) {
	p := play(t)
	client, err := NewClient(p.certificates(t))
	if err != nil {
		t.Fatal(err)
	}
	// The certificate is for the address alone.
	access := Access{strings.Replace(p.URL, "127.0.0.1", "localhost", 1), "learner-a", "first"}
	var into any
	if err := client.read(t.Context(), access, "/", nil, "application/json", &into); err == nil || len(p.questions()) > 0 {
		t.Fatalf("the answer was %v; asked was\n%s", err, p.questions())
	}
}
