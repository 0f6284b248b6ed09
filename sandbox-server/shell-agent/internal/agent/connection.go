package agent

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/pty"
	"podium.dev/sandbox-server/shell-agent/internal/quietio"
	"podium.dev/sandbox-server/shell-agent/internal/terminal"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

const (
	// Attachments of one connection: a whole room that watches, and more than a server allows.
	maxChannels = 256
	// Frames are gathered up to this before they are written.
	writeBytes = 64 << 10
	// Control frames of channel 0 that wait; only a peer that does not read lets them grow.
	maxNotices = 64
)

// streams are what an exec reads from and writes to.
type streams struct{ input, output *quietio.Stream }

type channel struct {
	number     uint32
	attachment *terminal.Attachment
	terminal   *terminal.Terminal
}

// connection is one server's way to the terminals.
type connection struct {
	agent   *Agent
	streams streams
	socket  io.ReadCloser
	// Of the server's process; guarded by the agent.
	server string
	heard  atomic.Int64
	awake  chan struct{}
	closed chan struct{}
	once   sync.Once

	mu       sync.Mutex
	channels []*channel
	notices  []channelMessage
	// The last notice is followed by the end.
	isLast       bool
	mustTell     bool
	hasBeenAsked bool
}

func newConnection(a *Agent, s streams, socket io.ReadCloser) *connection {
	c := &connection{agent: a, streams: s, socket: socket, awake: make(chan struct{}, 1), closed: make(chan struct{})}
	c.noteHeard()
	return c
}

// serve returns when the connection is over; the terminals go on.
func (c *connection) serve() {
	var both sync.WaitGroup
	both.Go(func() {
		// The process of the exec holds this open; when it is gone, so is the exec.
		_, _ = c.socket.Read(make([]byte, 1))
		c.close()
	})
	both.Go(func() {
		defer c.close()
		c.write()
	})
	c.read()
	c.close()
	both.Wait()
	for _, ch := range c.channels {
		ch.attachment.Detach()
	}
}

func (c *connection) close() {
	c.once.Do(func() {
		close(c.closed)
		c.streams.input.Close()
		c.streams.output.Close()
		c.socket.Close()
	})
}

func (c *connection) wake() {
	select {
	case c.awake <- struct{}{}:
	default:
	}
}

func (c *connection) noteHeard()           { c.heard.Store(time.Now().UnixNano()) }
func (c *connection) lastHeard() time.Time { return time.Unix(0, c.heard.Load()) }

func (c *connection) read() {
	reader := wire.NewReader(bufio.NewReaderSize(c.streams.input, writeBytes))
	for {
		frame, err := reader.Next()
		if err != nil {
			return
		}
		c.noteHeard()
		if c.onFrame(frame) != nil {
			return
		}
	}
}

func (c *connection) onFrame(frame wire.Frame) error {
	if frame.Type == wire.Control {
		order, err := wire.DecodeOrder(frame.Body)
		if err != nil {
			return err
		}
		if (order.Type == "hello") == c.hasBeenAsked {
			return wire.ErrFrame
		}
		if frame.Channel == 0 {
			return c.onNotice(order)
		}
		return c.onOrder(frame.Channel, order)
	}
	ch := c.find(frame.Channel)
	if ch == nil {
		// Its end has crossed this frame.
		return nil
	}
	switch frame.Type {
	case wire.Input:
		ch.attachment.Input(frame.Number, frame.Body)
	case wire.Ack:
		ch.attachment.Ack(frame.Number)
	default:
		return wire.ErrFrame
	}
	return nil
}

func (c *connection) onNotice(order wire.Order) error {
	switch order.Type {
	case "hello":
		return c.onHello(order)
	case "ping":
		c.tell(notice{Type: "pong"})
	case "pong":
	default:
		return wire.ErrFrame
	}
	return nil
}

// notice is a message without fields.
type notice struct {
	Type string `json:"type"`
}

func (c *connection) onHello(order wire.Order) error {
	c.hasBeenAsked = true
	for _, version := range wire.Versions {
		if slices.Contains(order.Versions, version) {
			c.agent.greet(c, order.Server)
			c.agent.mu.Lock()
			names := c.agent.names()
			c.agent.mu.Unlock()
			c.tell(wire.Hello{Type: "hello", Version: version, Instance: c.agent.instance, Terminals: names})
			return nil
		}
	}
	c.mu.Lock()
	c.isLast = true
	c.mu.Unlock()
	c.tell(wire.Error{Type: "error", Code: "version"})
	// The writer ends the connection once that is said.
	<-c.closed
	return wire.ErrFrame
}

func (c *connection) onOrder(number uint32, order wire.Order) error {
	ch := c.find(number)
	if order.Type == "open" {
		if ch != nil {
			return wire.ErrFrame
		}
		return c.open(number, order)
	}
	if ch == nil {
		return nil
	}
	switch order.Type {
	case "resize":
		ch.attachment.Resize(sizeOf(order))
	case "take":
		ch.attachment.Take()
	case "type":
		ch.attachment.Type(order.ID, order.Text, order.IsForced)
	case "end":
		c.agent.end(ch.terminal)
	case "detach":
		c.remove(number)
		ch.attachment.Detach()
	default:
		return wire.ErrFrame
	}
	return nil
}

func sizeOf(order wire.Order) pty.Size {
	return pty.Size{Columns: order.Columns, Rows: order.Rows}
}

func (c *connection) open(number uint32, order wire.Order) error {
	if len(c.channels) >= maxChannels {
		return wire.ErrFrame
	}
	t, isNew, err := c.agent.open(order, sizeOf(order))
	if errors.Is(err, errTooMany) {
		return c.refuse(number, "too_many_terminals")
	}
	if err != nil {
		return c.refuse(number, "terminal_failed")
	}
	attachment := t.Attach(terminal.Request{
		Channel: number, Client: order.Client, Device: order.Device, Writes: order.Wish == "write",
		Size: sizeOf(order), IsNew: isNew, Resume: order.Resume, Wake: c.wake,
	})
	if attachment == nil {
		return c.refuse(number, "terminal_failed")
	}
	c.mu.Lock()
	c.channels = append(slices.Clip(c.channels), &channel{number, attachment, t})
	c.mu.Unlock()
	c.wake()
	return nil
}

func (c *connection) find(number uint32) *channel {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.channels {
		if ch.number == number {
			return ch
		}
	}
	return nil
}

func (c *connection) remove(number uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// A new slice: the writer may be going through the old one.
	c.channels = slices.DeleteFunc(slices.Clone(c.channels), func(ch *channel) bool { return ch.number == number })
}
