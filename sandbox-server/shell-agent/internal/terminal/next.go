package terminal

import (
	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

// Next adds the attachment's next frames to dst: what is to be said, and at most one piece of screen or output.
// `hasMore` says that there is another piece; `isOver` that this was the last, and that the attachment is removed.
func (a *Attachment) Next(dst []byte) (out []byte, hasMore, isOver bool) {
	t := a.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.failure != "" {
		t.remove(a)
		return a.say(dst, wire.Error{Type: "error", Code: a.failure}), false, true
	}
	if a.opened != nil {
		dst = a.say(dst, a.opened)
		a.opened = nil
	}
	dst = a.sayNews(dst)
	dst, hasMore = a.sendPiece(dst)
	dst = a.sayAccepted(dst)
	if !hasMore && !t.exitedAt.IsZero() && a.sent == t.ring.End() && !a.hasScreen && a.gap == nil {
		t.remove(a)
		return a.say(dst, t.exitedMessage()), false, true
	}
	return dst, hasMore, false
}

func (a *Attachment) say(dst []byte, message any) []byte {
	return wire.AppendControl(dst, a.channel, message)
}

func (a *Attachment) sayNews(dst []byte) []byte {
	t := a.terminal
	if a.mustTellRole {
		a.mustTellRole = false
		dst = a.say(dst, wire.Role{Type: "role", Role: a.role(), Writer: t.writerMessage()})
	}
	if a.mustTellState {
		a.mustTellState = false
		dst = a.say(dst, t.state.message())
	}
	for _, typed := range a.typed {
		dst = a.say(dst, typed)
	}
	a.typed = nil
	return dst
}

func (a *Attachment) sayAccepted(dst []byte) []byte {
	if !a.hasTyped || a.client.written <= a.toldAccepted {
		return dst
	}
	a.toldAccepted = a.client.written
	if a.acceptanceTimer != nil && a.toldAccepted == a.client.taken {
		a.acceptanceTimer.Stop()
	}
	return wire.Append(dst, wire.Frame{Channel: a.channel, Type: wire.Accepted, Number: a.toldAccepted})
}

// sendPiece sends, of all that the window allows, at most one frame of screen or output.
func (a *Attachment) sendPiece(dst []byte) (out []byte, hasMore bool) {
	t := a.terminal
	if a.sent < t.ring.Start() && !a.hasScreen && a.room() > 0 {
		a.catchUp()
	}
	if a.gap != nil {
		dst = a.say(dst, a.gap)
		a.gap = nil
	}
	if a.hasScreen {
		return a.sendScreen(dst), true
	}
	if a.sent < t.ring.Start() {
		return dst, false
	}
	dst = a.saySize(dst, t.sizeAt(a.sent))
	piece := t.ring.At(a.sent, min(wire.MaxChunk, a.room(), a.untilNextSize()))
	if len(piece) == 0 {
		return dst, false
	}
	dst = wire.Append(dst, wire.Frame{Channel: a.channel, Type: wire.Output, Number: a.sent, Body: piece})
	a.sent += uint64(len(piece))
	return dst, a.sent < t.ring.End() && a.room() > 0 || t.sizeAt(a.sent) != a.toldSize
}

// sendScreen sends one frame of it; at least one, be it empty, so that the browser knows that it begins anew.
func (a *Attachment) sendScreen(dst []byte) []byte {
	dst = a.saySize(dst, a.screenSize)
	n := min(len(a.screen), wire.MaxChunk)
	dst = wire.Append(dst, wire.Frame{Channel: a.channel, Type: wire.Screen, Number: a.sent, Body: a.screen[:n]})
	a.screen = a.screen[n:]
	if len(a.screen) == 0 {
		a.screen, a.hasScreen = nil, false
	}
	return dst
}

// saySize says it unless it is the one that was told last.
func (a *Attachment) saySize(dst []byte, size pty.Size) []byte {
	if size == a.toldSize {
		return dst
	}
	a.toldSize = size
	return a.say(dst, wire.Size{Type: "size", Columns: a.toldSize.Columns, Rows: a.toldSize.Rows})
}

// room is how much of the window is left.
func (a *Attachment) room() int {
	return Window - int(a.sent-a.acked)
}

// untilNextSize is how many bytes are made for the size that was told last.
func (a *Attachment) untilNextSize() int {
	for _, change := range a.terminal.sizes {
		if change.offset > a.sent {
			return int(change.offset - a.sent)
		}
	}
	return wire.MaxChunk
}

func (t *Terminal) exitedMessage() wire.Exited {
	if t.isEnding {
		return wire.Exited{Type: "exited"}
	}
	status := t.leaderStatus
	return wire.Exited{Type: "exited", Status: &status}
}
