package terminal

import (
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

// Answers to orders to type that have not been sent yet; a server that asks so often without reading is not ours.
const maxPendingTyped = 64

// admit gives a new attachment its role: it writes if it wishes and nobody else does, or if it is the same tab again.
func (t *Terminal) admit(a *Attachment) {
	if !a.wishesToWrite {
		return
	}
	if t.absent != nil {
		if t.absent.client == a.client {
			since := t.absent.since
			t.setWriter(a)
			t.writerSince = since
		}
		return
	}
	if t.writer == nil {
		t.setWriter(a)
		return
	}
	if t.writer.client == a.client {
		since := t.writerSince
		// The older connection of a tab is dead, or will be.
		t.writer.wishesToWrite = false
		t.setWriter(a)
		t.writerSince = since
	}
}

// absentWriter has lost its attachment, or given it up: that cannot be told apart. Its place is kept, and it holds the
// shell back as a silent writer does, for as long as a reload, a cut or a restart of the server takes.
type absentWriter struct {
	client    *client
	device    string
	since     time.Time
	acked     uint64
	holdsBack bool
	until     time.Time
}

// missWriter keeps the writer's place for a while.
func (t *Terminal) missWriter() {
	w := t.writer
	absent := &absentWriter{
		client: w.client, device: w.device, since: t.writerSince,
		acked: w.acked, holdsBack: !w.isStalled, until: time.Now().Add(ackPatience),
	}
	t.writer, t.absent = nil, absent
	time.AfterFunc(ackPatience, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.absent == absent {
			t.promote()
		}
	})
	t.wakeReader()
}

// promote finds a new writer for one who has gone: the viewer who wished to write first.
func (t *Terminal) promote() {
	for _, a := range t.attachments {
		if a.wishesToWrite && a.failure == "" {
			t.setWriter(a)
			return
		}
	}
	t.setWriter(nil)
}

func (t *Terminal) setWriter(a *Attachment) {
	t.writer, t.writerSince, t.absent = a, time.Now(), nil
	for _, other := range t.attachments {
		other.mustTellRole = true
		other.wake()
	}
	if a != nil {
		a.isStalled, a.heldSince = false, time.Time{}
		t.setSize(a.window)
	}
	t.wakeReader()
}

// Take makes this attachment the writer; the former one is told, and views.
func (a *Attachment) Take() {
	t := a.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	a.wishesToWrite = true
	if t.writer != a {
		t.setWriter(a)
	}
}

// Resize is heard from the writer; a viewer's size is kept for the day it writes.
func (a *Attachment) Resize(size pty.Size) {
	t := a.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	a.window = size
	if t.writer == a {
		t.setSize(size)
	}
}

// Type types a text once for each id, for the writer only, and into something else than a prompt only when forced.
func (a *Attachment) Type(id, text string, isForced bool) {
	t := a.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(a.typed) >= maxPendingTyped {
		a.fail("frame_malformed")
		return
	}
	if t.exitedAt.IsZero() {
		t.refreshState()
	}
	answer := wire.Typed{
		Type: "typed", ID: id, Outcome: t.decideTyping(a, id, isForced),
		Program: t.state.programOrNull(), IsAlternateScreen: t.state.isAlternateScreen,
	}
	if answer.Outcome == "typed" {
		if t.input.bytes+len(text) > maxQueuedInput {
			a.fail("input_overflow")
			return
		}
		t.typedIDs.add(id)
		t.typeBytes(pendingInput{bytes: []byte(text)})
	}
	a.typed = append(a.typed, answer)
	a.wake()
}

func (t *Terminal) decideTyping(a *Attachment, id string, isForced bool) string {
	switch {
	case t.typedIDs.has(id):
		return "repeated"
	case t.writer != a:
		return "not_writer"
	case !isForced && t.state.isBusy():
		return "busy"
	}
	return "typed"
}

func (a *Attachment) role() string {
	if a.terminal.writer == a {
		return "writer"
	}
	return "viewer"
}

func (t *Terminal) writerMessage() *wire.Writer {
	if t.absent != nil {
		return &wire.Writer{Device: t.absent.device, Since: t.absent.since.UnixMilli()}
	}
	if t.writer == nil {
		return nil
	}
	return &wire.Writer{Device: t.writer.device, Since: t.writerSince.UnixMilli()}
}
