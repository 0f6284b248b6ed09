package terminal

import (
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/ring"
	"podium.dev/sandbox-server/shell-agent/internal/vt"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

const (
	// What is printed so soon after a key is its echo, and somebody waits for it.
	echoTime = 50 * time.Millisecond
	// A flood is joined for this long, half a picture of a 60 Hz screen: every piece costs each program on its way a wake-up.
	joinTime = 8 * time.Millisecond
	// Nobody waits for what is printed while nobody is attached, and others on the machine want to work: a read brings at
	// most 4 KiB, so this makes 2 MB a second of a flood.
	unattendedRest = 2 * time.Millisecond
	// Changes of size that are remembered; each is a few octets, and nobody drags a window for longer.
	maxSizeChanges = 1024
)

// flush decides when those who watch hear of new output. Its fields are guarded by the terminal.
type flush struct {
	lastKey time.Time
	last    time.Time
	bytes   int
	timer   *time.Timer
}

func (f *flush) stop() {
	if f.timer != nil {
		f.timer.Stop()
		f.timer = nil
	}
}

// read is the one goroutine that takes output from the pty.
func (t *Terminal) read() {
	buffer := make([]byte, wire.MaxChunk)
	for {
		wanted := t.waitUntilWanted(len(buffer))
		n, err := t.pty.Read(buffer[:wanted])
		if n > 0 && t.onOutput(buffer[:n]) == 0 {
			time.Sleep(unattendedRest)
		}
		if err != nil {
			break
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.isReadToEnd = true
	t.finish()
}

// onOutput returns how many are attached to see it.
func (t *Terminal) onOutput(bytes []byte) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ring.Len()+len(bytes) > ring.Limit {
		t.forget(t.ring.Len() + len(bytes) - ring.Kept)
	}
	t.ring.Append(bytes)
	if t.scanner.Scan(bytes) {
		t.onScan()
	}
	t.noteOutput(bytes)
	t.announce(len(bytes))
	return len(t.attachments)
}

// forget moves the oldest bytes out of the ring, over the screen, with the changes of size between them.
func (t *Terminal) forget(n int) {
	for n > 0 {
		t.settle()
		piece := n
		if len(t.sizes) > 0 {
			piece = min(piece, int(t.sizes[0].offset-t.ring.Start()))
		}
		bytes := t.ring.Oldest(piece)
		t.screen.Write(bytes)
		t.ring.Drop(len(bytes))
		n -= len(bytes)
	}
}

// settle brings the screen to the ring's start: changes of size that lie there have happened.
func (t *Terminal) settle() {
	if t.screen == nil {
		t.screen = vt.NewScreen(t.oldestSize.Columns, t.oldestSize.Rows)
	}
	for len(t.sizes) > 0 && t.sizes[0].offset <= t.ring.Start() {
		t.oldestSize = t.sizes[0].size
		t.sizes = t.sizes[1:]
		t.screen.Resize(t.oldestSize.Columns, t.oldestSize.Rows)
	}
}

func (t *Terminal) sizeAt(offset uint64) pty.Size {
	size := t.oldestSize
	for _, change := range t.sizes {
		if change.offset > offset {
			break
		}
		size = change.size
	}
	return size
}

// setSize changes the size from here on.
func (t *Terminal) setSize(size pty.Size) {
	if size == t.size || !t.exitedAt.IsZero() {
		return
	}
	t.size = size
	end := t.ring.End()
	if last := len(t.sizes) - 1; last >= 0 && t.sizes[last].offset == end {
		t.sizes[last].size = size
	} else {
		t.sizes = append(t.sizes, sizeChange{end, size})
	}
	if len(t.sizes) > maxSizeChanges {
		t.forget(int(t.sizes[1].offset - t.ring.Start()))
	}
	_ = t.pty.Resize(size) // It fails only when the shell is just ending.
	t.wakeAll()
}

// announce tells those who watch of n more bytes: at once after a key or a pause, in a flood joined.
func (t *Terminal) announce(n int) {
	now := time.Now()
	t.flush.bytes += n
	isQuiet := now.Sub(t.flush.last) >= joinTime
	if isQuiet || now.Sub(t.flush.lastKey) < echoTime || t.flush.bytes >= wire.MaxChunk {
		t.announceNow(now)
		return
	}
	if t.flush.timer == nil {
		t.flush.timer = time.AfterFunc(joinTime, func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.announceNow(time.Now())
		})
	}
}

func (t *Terminal) announceNow(now time.Time) {
	t.flush.stop()
	t.flush.last, t.flush.bytes = now, 0
	t.wakeAll()
}
