package terminal

import "time"

const (
	// Window is how far output may be ahead of an ack.
	Window = 256 << 10
	// A writer who has acknowledged nothing for this long does not hold the shell back any more.
	ackPatience = 5 * time.Second
)

// waitUntilWanted returns how many bytes, at most limit, may be read from the pty now: only the writer holds it back.
func (t *Terminal) waitUntilWanted(limit int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		room, patience := t.roomOfWriter(limit, time.Now())
		if patience == 0 {
			return room
		}
		timer := time.NewTimer(patience)
		t.mu.Unlock()
		select {
		case <-t.resume:
		case <-timer.C:
		}
		timer.Stop()
		t.mu.Lock()
	}
}

// roomOfWriter returns how much may be read, or how long to wait for that at most.
func (t *Terminal) roomOfWriter(limit int, now time.Time) (room int, patience time.Duration) {
	if t.isEnding || t.isLeaderGone {
		return limit, 0
	}
	if t.absent != nil && t.absent.holdsBack && now.Before(t.absent.until) {
		limit = min(limit, Window-int(t.ring.End()-t.absent.acked))
		if limit <= 0 {
			return 0, t.absent.until.Sub(now)
		}
	}
	w := t.writer
	if w == nil || w.isStalled {
		return limit, 0
	}
	ahead := int(t.ring.End() - min(w.acked, t.ring.End()))
	if ahead < Window {
		w.heldSince = time.Time{}
		return min(limit, Window-ahead), 0
	}
	if w.heldSince.IsZero() {
		w.heldSince = now
	}
	if patience := ackPatience - now.Sub(w.heldSince); patience > 0 {
		return 0, patience
	}
	w.isStalled = true
	return limit, 0
}

// Ack says that output up to the offset has been drawn.
func (a *Attachment) Ack(offset uint64) {
	t := a.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	// More than was sent is a lie that would open the window for ever.
	if offset = min(offset, a.sent); offset <= a.acked {
		return
	}
	a.acked = offset
	a.isStalled = false
	a.heldSince = time.Time{}
	if a == t.writer {
		t.wakeReader()
	}
	// Nearly always all is sent, and a write of nothing but an acceptance would come before the echo that it rides on.
	if a.sent < t.ring.End() {
		a.wake()
	}
}
