package agent

import (
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

// channelMessage is a control message for a channel that has no attachment.
type channelMessage struct {
	channel uint32
	message any
}

// tell leaves a message of channel 0 for the writer.
func (c *connection) tell(message any) {
	c.leave(channelMessage{0, message})
}

// refuse answers an open that cannot be had.
func (c *connection) refuse(number uint32, code string) error {
	c.leave(channelMessage{number, wire.Error{Type: "error", Code: code}})
	return nil
}

func (c *connection) leave(m channelMessage) {
	c.mu.Lock()
	if len(c.notices) >= maxNotices {
		c.mu.Unlock()
		c.close()
		return
	}
	c.notices = append(c.notices, m)
	c.mu.Unlock()
	c.wake()
}

// tellNames says once, with the next write, which terminals there are.
func (c *connection) tellNames() {
	c.mu.Lock()
	c.mustTell = true
	c.mu.Unlock()
	c.wake()
}

// write sends what there is to say until the connection is over. Channels take turns, so that a flood in one of them
// delays the others by no more than a piece each.
func (c *connection) write() {
	buffer := make([]byte, 0, writeBytes+2*wire.MaxChunk)
	for {
		select {
		case <-c.closed:
			return
		case <-c.awake:
		}
		for hasMore := true; hasMore; {
			var isLast bool
			buffer, isLast = c.takeNotices(buffer[:0])
			buffer, hasMore = c.gather(buffer)
			if len(buffer) == 0 {
				break
			}
			_ = c.streams.output.SetWriteDeadline(time.Now().Add(maxSilence)) // It fails when it is closed; the write says so.
			if _, err := c.streams.output.Write(buffer); err != nil || isLast {
				return
			}
		}
		if cap(buffer) > 2*writeBytes {
			buffer = make([]byte, 0, writeBytes+2*wire.MaxChunk)
		}
	}
}

func (c *connection) takeNotices(dst []byte) ([]byte, bool) {
	names := c.namesToTell()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, notice := range c.notices {
		dst = wire.AppendControl(dst, notice.channel, notice.message)
	}
	c.notices = nil
	if names != nil {
		dst = wire.AppendControl(dst, 0, wire.Names{Type: "terminals", Names: names})
	}
	return dst, c.isLast
}

func (c *connection) namesToTell() []string {
	c.mu.Lock()
	must := c.mustTell
	c.mustTell = false
	c.mu.Unlock()
	if !must {
		return nil
	}
	c.agent.mu.Lock()
	defer c.agent.mu.Unlock()
	// Before its hello a server is told nothing; the hello has them all.
	if c.server == "" {
		return nil
	}
	return c.agent.names()
}

// gather adds one turn of every channel, and more turns as long as there is room.
func (c *connection) gather(dst []byte) (out []byte, hasMore bool) {
	c.mu.Lock()
	channels := c.channels
	c.mu.Unlock()
	for {
		hasMore = false
		for _, ch := range channels {
			var more, isOver bool
			dst, more, isOver = ch.attachment.Next(dst)
			if isOver {
				c.remove(ch.number)
			}
			hasMore = hasMore || more
			if len(dst) >= writeBytes {
				return c.rotate(dst)
			}
		}
		if !hasMore {
			return dst, false
		}
	}
}

// rotate lets another channel be first after a full buffer.
func (c *connection) rotate(dst []byte) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.channels) > 1 {
		c.channels = append(append([]*channel(nil), c.channels[1:]...), c.channels[0])
	}
	return dst, true
}
