// Package agent serves the terminals of one container to servers that come over exec.
package agent

import (
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/login"
	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/reap"
	"podium.dev/sandbox-server/shell-agent/internal/terminal"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

const (
	// Shells that run; more tabs than that are lost from sight. The server has the same number.
	maxRunning = 6
	// Those that have ended are kept too, each with a MiB of output, as long as there is room.
	maxTerminals = 16
	// Replicas of the server, the one before each of them, and a few that ask whether the agent is ready.
	maxConnections = 16
	// The other side says something every 15 s.
	maxSilence = 45 * time.Second
	// How long a shell that has ended can still be looked at.
	exitedKept = 10 * time.Minute
	// How often silence and age are looked for.
	sweepPause = 5 * time.Second
)

// Options of an agent.
type Options struct {
	// Preparation is a script that runs before each shell.
	Preparation string
	Environment []string
}

// Agent owns the terminals of a container.
type Agent struct {
	options  Options
	instance string
	reaper   *reap.Reaper

	mu          sync.Mutex
	terminals   map[string]*terminal.Terminal
	connections map[*connection]struct{}
}

// New makes an agent without terminals.
func New(options Options, reaper *reap.Reaper) *Agent {
	return &Agent{
		options: options, instance: terminal.RandomID(), reaper: reaper,
		terminals: map[string]*terminal.Terminal{}, connections: map[*connection]struct{}{},
	}
}

// Serve takes connections from the listener until that is closed.
func (a *Agent) Serve(listener *net.UnixListener) error {
	done := make(chan struct{})
	defer close(done)
	go a.sweepUntil(done)
	for {
		socket, err := listener.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			// Out of descriptors, for instance: what is open goes on, and some of it will close.
			time.Sleep(100 * time.Millisecond)
			continue
		}
		go a.serveSocket(socket)
	}
}

func (a *Agent) serveSocket(socket *net.UnixConn) {
	defer socket.Close()
	streams, err := receiveStreams(socket)
	if err != nil {
		return
	}
	c := newConnection(a, streams, socket)
	if !a.addConnection(c) {
		c.close()
		return
	}
	defer a.removeConnection(c)
	c.serve()
}

func (a *Agent) addConnection(c *connection) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.connections) >= maxConnections {
		return false
	}
	a.connections[c] = struct{}{}
	return true
}

func (a *Agent) removeConnection(c *connection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.connections, c)
}

// greet ends an older connection of the same server.
func (a *Agent) greet(c *connection, server string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for other := range a.connections {
		if other != c && other.server == server {
			other.close()
		}
	}
	c.server = server
}

var errTooMany = errors.New("too many terminals")

// open finds the terminal of that name, or starts its shell.
func (a *Agent) open(order wire.Order, size pty.Size) (t *terminal.Terminal, isNew bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	known := a.terminals[order.Terminal]
	if known != nil && !(order.IsFresh && !known.ExitedAt().IsZero()) {
		return known, false, nil
	}
	if a.countRunning() >= maxRunning {
		return nil, false, errTooMany
	}
	if known == nil && len(a.terminals) >= maxTerminals {
		a.forget(a.oldestExited())
	}
	t, err = terminal.Start(order.Terminal, login.Command(a.options.Preparation, a.options.Environment), size, a.reaper)
	if err != nil {
		return nil, false, err
	}
	a.terminals[order.Terminal] = t
	if known == nil {
		a.announceNames()
	}
	return t, true, nil
}

func (a *Agent) countRunning() (count int) {
	for _, t := range a.terminals {
		if t.ExitedAt().IsZero() {
			count++
		}
	}
	return count
}

func (a *Agent) oldestExited() (oldest *terminal.Terminal) {
	for _, t := range a.terminals {
		if at := t.ExitedAt(); !at.IsZero() && (oldest == nil || at.Before(oldest.ExitedAt())) {
			oldest = t
		}
	}
	return oldest
}

// end ends a terminal; its name is free from now on.
func (a *Agent) end(t *terminal.Terminal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t.End()
	a.forget(t)
}

func (a *Agent) forget(t *terminal.Terminal) {
	if a.terminals[t.Name()] == t {
		delete(a.terminals, t.Name())
		a.announceNames()
	}
}

func (a *Agent) names() []string {
	names := make([]string, 0, len(a.terminals))
	for name := range a.terminals {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (a *Agent) announceNames() {
	for c := range a.connections {
		c.tellNames()
	}
}

func (a *Agent) sweepUntil(done <-chan struct{}) {
	ticker := time.NewTicker(sweepPause)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-ticker.C:
			a.sweep(now)
		}
	}
}

// sweep ends connections that have been silent and forgets shells that ended long ago.
func (a *Agent) sweep(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for c := range a.connections {
		if now.Sub(c.lastHeard()) > maxSilence {
			c.close()
		}
	}
	for _, t := range a.terminals {
		if exitedAt := t.ExitedAt(); !exitedAt.IsZero() && now.Sub(exitedAt) > exitedKept {
			a.forget(t)
		}
	}
}
