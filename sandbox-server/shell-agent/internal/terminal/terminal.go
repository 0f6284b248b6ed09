// Package terminal owns a shell on a pseudo terminal, what it has printed, and who watches and types.
//
// Output is not queued for anybody: every attachment takes from the ring what it has not had yet, so that the memory
// of a terminal is that of its ring, its screen and the input that its program has not read.
package terminal

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/reap"
	"podium.dev/sandbox-server/shell-agent/internal/ring"
	"podium.dev/sandbox-server/shell-agent/internal/vt"
)

// A shell that has ended is waited for this long to hang up its terminal, which the kernel does for it.
const hangUpLimit = 500 * time.Millisecond

// Terminal is one shell. Its methods may be called from anywhere.
type Terminal struct {
	name  string
	epoch string
	pty   *pty.Pty
	pid   int

	mu   sync.Mutex
	ring *ring.Ring
	// As it was at the ring's start; nil as long as nothing has fallen out.
	screen *vt.Screen
	// In force at the ring's start; later changes are in sizes.
	oldestSize pty.Size
	sizes      []sizeChange
	size       pty.Size
	scanner    vt.Scanner

	attachments []*Attachment
	writer      *Attachment
	writerSince time.Time
	// A writer who was cut off a moment ago.
	absent   *absentWriter
	clients  clients
	input    inputQueue
	typedIDs recentIDs

	flush    flush
	activity activity
	state    foreground

	// Told to the reader when it may go on.
	resume chan struct{}
	closed chan struct{}

	isLeaderGone bool
	isReadToEnd  bool
	isEnding     bool
	exitedAt     time.Time
	leaderStatus int
}

type sizeChange struct {
	offset uint64
	size   pty.Size
}

// Start begins a shell of that name.
func Start(name string, command pty.Command, size pty.Size, reaper *reap.Reaper) (*Terminal, error) {
	t := &Terminal{
		name:       name,
		epoch:      RandomID(),
		ring:       ring.New(ring.Limit),
		oldestSize: size,
		size:       size,
		resume:     make(chan struct{}, 1),
		closed:     make(chan struct{}),
	}
	// Held until the shell is known: it may end before Watch is back.
	t.mu.Lock()
	defer t.mu.Unlock()
	start := func() (int, error) {
		p, pid, err := pty.Start(command, size)
		t.pty, t.pid = p, pid
		return pid, err
	}
	if _, err := reaper.Watch(start, t.onLeaderEnd); err != nil {
		return nil, err
	}
	t.state = foreground{prompt: promptUnknown}
	go t.read()
	return t, nil
}

// RandomID is long enough never to come twice.
func RandomID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // Never fails: it ends the program instead.
	return hex.EncodeToString(random[:])
}

// Name is that of the tab.
func (t *Terminal) Name() string { return t.name }

// ExitedAt is when the shell ended; zero while it runs.
func (t *Terminal) ExitedAt() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.exitedAt
}

// End hangs up the shell and all that runs in its terminal. Everybody attached is told that it has exited.
func (t *Terminal) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isEnding || !t.exitedAt.IsZero() {
		return
	}
	t.isEnding = true
	t.wakeReader()
	go func() {
		pty.EndSession(t.pid)
		t.pty.Close()
	}()
}

// onLeaderEnd is called by the reaper, which must not wait.
func (t *Terminal) onLeaderEnd(status int) {
	go func() {
		t.mu.Lock()
		t.isLeaderGone, t.leaderStatus = true, status
		t.finish()
		t.mu.Unlock()
		select {
		case <-t.closed:
		case <-time.After(hangUpLimit):
			t.pty.Close()
		}
	}()
}

// finish makes the terminal an exited one, once its shell is gone and its last output is in the ring.
func (t *Terminal) finish() {
	if !t.isLeaderGone || !t.isReadToEnd || !t.exitedAt.IsZero() {
		return
	}
	t.exitedAt = time.Now()
	t.pty.Close()
	t.activity.stop()
	t.flush.stop()
	close(t.closed)
	t.wakeAll()
}

func (t *Terminal) wakeAll() {
	for _, a := range t.attachments {
		a.wake()
	}
}

func (t *Terminal) wakeReader() {
	select {
	case t.resume <- struct{}{}:
	default:
	}
}
