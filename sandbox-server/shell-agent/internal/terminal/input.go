package terminal

import "time"

const (
	// Input that the program has not read; more is a paste that nobody waits for.
	maxQueuedInput = 1 << 20
	// Clients whose sequence is remembered: tabs of a person, and of those who watch.
	maxClients = 64
	// Ids of orders to type that are remembered.
	maxTypedIDs = 256
	// An acceptance rides on the echo; where there is none, it comes by itself.
	acceptDelay = 20 * time.Millisecond
)

// client is what is known of a browser's tab, across its connections.
type client struct {
	id string
	// The last sequence taken from it, and the last that is written to the pty.
	taken, written uint64
}

// clients remembers the last used ones.
type clients struct{ recent []*client }

func (c *clients) get(id string) *client {
	for i, known := range c.recent {
		if known.id == id {
			c.recent = append(append(c.recent[:i:i], c.recent[i+1:]...), known)
			return known
		}
	}
	if len(c.recent) == maxClients {
		c.recent = c.recent[1:]
	}
	known := &client{id: id}
	c.recent = append(c.recent, known)
	return known
}

// recentIDs remembers what was typed by its id.
type recentIDs struct {
	known map[string]struct{}
	order []string
}

func (r *recentIDs) has(id string) bool {
	_, found := r.known[id]
	return found
}

func (r *recentIDs) add(id string) {
	if r.known == nil {
		r.known = map[string]struct{}{}
	}
	if len(r.order) == maxTypedIDs {
		delete(r.known, r.order[0])
		r.order = r.order[1:]
	}
	r.known[id] = struct{}{}
	r.order = append(r.order, id)
}

type pendingInput struct {
	from     *client
	sequence uint64
	bytes    []byte
}

// inputQueue holds what the pty did not take at once.
type inputQueue struct {
	pending    []pendingInput
	bytes      int
	isDraining bool
}

// Input takes each sequence of a client once. Whoever only views is heard, so that their count goes on, but not typed.
func (a *Attachment) Input(sequence uint64, bytes []byte) {
	t := a.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	if sequence <= a.client.taken {
		a.toldAccepted = 0
		a.wake()
		return
	}
	if t.input.bytes+len(bytes) > maxQueuedInput {
		a.fail("input_overflow")
		return
	}
	a.client.taken = sequence
	if a != t.writer {
		bytes = nil
	}
	a.hasTyped = true
	t.typeBytes(pendingInput{a.client, sequence, bytes})
	a.wakeSoon()
}

// typeBytes writes to the pty without waiting, and leaves the rest to drain.
func (t *Terminal) typeBytes(input pendingInput) {
	if !t.exitedAt.IsZero() || t.isEnding {
		input.accept()
		return
	}
	t.flush.lastKey = time.Now()
	t.noteTyped(input.bytes)
	if !t.input.isDraining {
		n, err := 0, error(nil)
		if len(input.bytes) > 0 {
			n, err = t.pty.TryWrite(input.bytes)
		}
		if n == len(input.bytes) || err != nil {
			input.accept()
			return
		}
		input.bytes = input.bytes[n:]
		t.input.isDraining = true
		go t.drain()
	}
	input.bytes = append([]byte(nil), input.bytes...)
	t.input.pending = append(t.input.pending, input)
	t.input.bytes += len(input.bytes)
}

// drain waits for the program to read; it ends with the last of the input, or with the pty.
func (t *Terminal) drain() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.input.pending) > 0 {
		next := t.input.pending[0]
		t.mu.Unlock()
		_, err := t.pty.Write(next.bytes)
		t.mu.Lock()
		t.input.pending = t.input.pending[1:]
		t.input.bytes -= len(next.bytes)
		next.accept()
		if err != nil {
			t.acceptAll()
		}
		t.wakeAll()
	}
	t.input = inputQueue{}
}

// acceptAll gives up what a program that is gone will never read.
func (t *Terminal) acceptAll() {
	for _, input := range t.input.pending {
		input.accept()
	}
	t.input.pending, t.input.bytes = nil, 0
}

func (p pendingInput) accept() {
	if p.from != nil {
		p.from.written = max(p.from.written, p.sequence)
	}
}
