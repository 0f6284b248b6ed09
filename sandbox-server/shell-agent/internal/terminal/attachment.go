package terminal

import (
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/vt"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

// MaxAttachments of one terminal; the server asks for far fewer.
const MaxAttachments = 128

// Attachment is one browser's part in a terminal. All but `wake` and `channel` is guarded by the terminal.
type Attachment struct {
	terminal *Terminal
	channel  uint32
	wake     func()

	client *client
	device string
	// Wants to write: becomes the writer when nobody else is.
	wishesToWrite bool
	// Of its window; the terminal's while it writes.
	window pty.Size

	opened *wire.Opened
	// What draws the screen at `sent`, not sent yet, and the size that it is made for.
	screen          []byte
	screenSize      pty.Size
	hasScreen       bool
	isDrawing       bool
	lastGap         time.Time
	sent, acked     uint64
	toldSize        pty.Size
	gap             *wire.Gap
	heldSince       time.Time
	isStalled       bool
	hasTyped        bool
	toldAccepted    uint64
	typed           []wire.Typed
	mustTellRole    bool
	mustTellState   bool
	failure         string
	acceptanceTimer *time.Timer
}

// Request is how a browser wishes to attach.
type Request struct {
	Channel uint32
	Client  string
	Device  string
	Writes  bool
	Size    pty.Size
	IsNew   bool
	Resume  *wire.Resume
	// Called, under the terminal's lock, when Next has something.
	Wake func()
}

// Attach adds a browser. It returns nil when there are too many.
func (t *Terminal) Attach(request Request) *Attachment {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.attachments) >= MaxAttachments {
		return nil
	}
	a := &Attachment{
		terminal: t, channel: request.Channel, wake: request.Wake, client: t.clients.get(request.Client),
		device: request.Device, wishesToWrite: request.Writes, window: request.Size,
	}
	t.attachments = append(t.attachments, a)
	t.admit(a)
	a.begin(request.Resume)
	a.opened = &wire.Opened{
		Type: "opened", Epoch: t.epoch, IsNew: request.IsNew, Offset: a.sent, LiveOffset: t.ring.End(),
		LostBytes: lostBytes(request.Resume, t.epoch, a.sent), InputSequence: a.client.taken,
		Role: a.role(), Writer: t.writerMessage(), Columns: a.toldSize.Columns, Rows: a.toldSize.Rows,
	}
	a.mustTellRole, a.mustTellState = false, true
	a.wake()
	return a
}

// begin decides from where on the browser gets output: from where it was, or from a screen at the oldest byte.
func (a *Attachment) begin(resume *wire.Resume) {
	t := a.terminal
	if resume != nil && resume.Epoch == t.epoch && resume.Offset >= t.ring.Start() && resume.Offset <= t.ring.End() {
		a.sent = resume.Offset
	} else {
		a.sent = t.ring.Start()
		a.hasScreen = true
		if t.screen != nil {
			t.settle()
			a.screen = t.screen.Serialize()
		}
	}
	a.acked = a.sent
	a.toldSize = t.sizeAt(a.sent)
	a.screenSize = a.toldSize
}

func lostBytes(resume *wire.Resume, epoch string, offset uint64) uint64 {
	if resume == nil || resume.Epoch != epoch {
		return offset
	}
	return offset - min(offset, resume.Offset)
}

// Detach removes a browser; the shell goes on.
func (a *Attachment) Detach() {
	t := a.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(a)
}

// remove is Detach for whoever has the lock.
func (t *Terminal) remove(a *Attachment) {
	for i, other := range t.attachments {
		if other == a {
			t.attachments = append(t.attachments[:i:i], t.attachments[i+1:]...)
			break
		}
	}
	if a.acceptanceTimer != nil {
		a.acceptanceTimer.Stop()
	}
	if t.writer == a {
		t.missWriter()
	}
}

// fail ends the attachment with an error.
func (a *Attachment) fail(code string) {
	a.failure = code
	a.wake()
}

// wakeSoon is for what may ride on the next output.
func (a *Attachment) wakeSoon() {
	if a.acceptanceTimer == nil {
		a.acceptanceTimer = time.AfterFunc(acceptDelay, a.wake)
		return
	}
	a.acceptanceTimer.Reset(acceptDelay)
}

// minGapPause keeps a viewer who lags for ever from having a screen drawn for each piece of a flood.
const minGapPause = 250 * time.Millisecond

// catchUp gives a browser that lags behind the ring a gap. The writer gets all that is kept; a viewer would only lag
// again, and gets the screen as it is now, drawn aside.
func (a *Attachment) catchUp() {
	t := a.terminal
	if a == t.writer {
		t.settle()
		a.jump(t.ring.Start(), t.screen.Serialize(), t.oldestSize)
		return
	}
	if a.isDrawing {
		return
	}
	a.isDrawing = true
	t.settle()
	screen, sizes, offset := t.screen.Clone(), append([]sizeChange(nil), t.sizes...), t.ring.Start()
	first := append([]byte(nil), t.ring.At(offset, t.ring.Len())...)
	bytes := append(first, t.ring.At(offset+uint64(len(first)), t.ring.Len()-len(first))...)
	from, size := a.sent, t.size
	pause := max(0, minGapPause-time.Since(a.lastGap))
	time.AfterFunc(pause, func() {
		drawing := draw(screen, sizes, offset, bytes)
		t.mu.Lock()
		defer t.mu.Unlock()
		a.isDrawing, a.lastGap = false, time.Now()
		// Meanwhile it may have become the writer, and have caught up as such.
		if a.sent == from {
			a.jump(offset+uint64(len(bytes)), drawing, size)
		}
		a.wake()
	})
}

func (a *Attachment) jump(to uint64, screen []byte, size pty.Size) {
	a.gap = &wire.Gap{Type: "gap", From: a.sent, To: to}
	a.sent, a.acked = to, max(a.acked, to)
	a.screen, a.screenSize, a.hasScreen = screen, size, true
}

// draw plays what came after the screen and returns what draws the result.
func draw(screen *vt.Screen, sizes []sizeChange, offset uint64, bytes []byte) []byte {
	for _, change := range sizes {
		n := min(int(change.offset-offset), len(bytes))
		screen.Write(bytes[:n])
		bytes, offset = bytes[n:], offset+uint64(n)
		screen.Resize(change.size.Columns, change.size.Rows)
	}
	screen.Write(bytes)
	return screen.Serialize()
}
