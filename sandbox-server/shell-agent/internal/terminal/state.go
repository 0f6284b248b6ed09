package terminal

import (
	"slices"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/vt"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

const (
	// After a key or output, a program has begun or ended by then.
	stateDelay = 100 * time.Millisecond
	// The last look after all has become quiet.
	quietDelay = time.Second
	// What is printed of one key at a prompt is no longer.
	echoBytes = 16
)

const (
	promptUnknown = "unknown"
	promptShown   = "shown"
	promptRunning = "running"
)

// foreground is what is in front of a terminal. An empty program is the shell itself.
type foreground struct {
	program           string
	isAlternateScreen bool
	prompt            string
}

func (f foreground) programOrNull() *string {
	if f.program == "" {
		return nil
	}
	return &f.program
}

func (f foreground) message() wire.State {
	return wire.State{
		Type: "state", Program: f.programOrNull(), IsAlternateScreen: f.isAlternateScreen, Prompt: f.prompt,
	}
}

// isBusy says that typed text would go to something else than a prompt.
func (f foreground) isBusy() bool {
	return f.program != "" || f.isAlternateScreen || f.prompt == promptRunning
}

// activity looks at the foreground after something has happened, and not at all in a quiet terminal. Somebody who types
// a command begins no program before its end, so that most keys wake nobody but the shell.
type activity struct {
	timer *time.Timer
	// A look is due within stateDelay, or within quietDelay.
	isFresh, isQuieting bool
	// The last key was one that is only written.
	isPlainKey bool
	isStopped  bool
}

func (a *activity) stop() {
	a.isStopped = true
	if a.timer != nil {
		a.timer.Stop()
	}
}

// noteTyped is called with each input.
func (t *Terminal) noteTyped(bytes []byte) {
	t.activity.isPlainKey = !slices.ContainsFunc(bytes, isControl)
	t.noteActivity(t.activity.isPlainKey)
}

// noteOutput is called with what was printed.
func (t *Terminal) noteOutput(bytes []byte) {
	isEcho := t.activity.isPlainKey && len(bytes) <= echoBytes && time.Since(t.flush.lastKey) < echoTime &&
		!slices.ContainsFunc(bytes, isControl)
	t.noteActivity(isEcho)
}

// isControl holds for Enter, ^C and all else that a program may begin or end with; a backspace is only written.
func isControl(octet byte) bool { return octet < ' ' && octet != '\b' }

func (t *Terminal) noteActivity(isTyping bool) {
	if t.activity.isFresh || t.activity.isStopped {
		return
	}
	if !isTyping {
		t.activity.isFresh = true
		t.lookAfter(stateDelay)
	} else if !t.activity.isQuieting {
		t.activity.isQuieting = true
		t.lookAfter(quietDelay)
	}
}

func (t *Terminal) lookAfter(delay time.Duration) {
	if t.activity.timer == nil {
		t.activity.timer = time.AfterFunc(delay, t.look)
		return
	}
	t.activity.timer.Reset(delay)
}

func (t *Terminal) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.activity.isStopped {
		return
	}
	t.refreshState()
	t.activity.isQuieting = t.activity.isFresh
	if t.activity.isFresh {
		t.activity.isFresh = false
		t.lookAfter(quietDelay)
	}
}

// refreshState asks the kernel, and tells everybody when the answer is a new one.
func (t *Terminal) refreshState() {
	now := t.state
	now.program = t.programInFront()
	t.setState(now)
}

// onScan takes over what the output itself says.
func (t *Terminal) onScan() {
	now := t.state
	now.isAlternateScreen = t.scanner.IsAlternate()
	switch t.scanner.Prompt() {
	case vt.PromptShown:
		now.prompt = promptShown
	case vt.PromptRunning:
		now.prompt = promptRunning
	}
	t.setState(now)
}

func (t *Terminal) setState(now foreground) {
	if now == t.state {
		return
	}
	t.state = now
	for _, a := range t.attachments {
		a.mustTellState = true
		a.wake()
	}
}

// programInFront is "" while that is the shell.
func (t *Terminal) programInFront() string {
	group := t.pty.Foreground()
	if group <= 0 || group == t.pid {
		return ""
	}
	return pty.ProgramName(group)
}
