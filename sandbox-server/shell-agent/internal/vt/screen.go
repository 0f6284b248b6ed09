package vt

import "bytes"

// Screen is a terminal as its output has left it.
type Screen struct {
	columns, rows int
	normal        *buffer
	// Made when it is first used; most sessions at a prompt have none.
	alternate   *buffer
	isAlternate bool

	attribute attribute
	charset   charsetState
	modes     modes
	title     string

	decoder decoder
	machine machine
	// What has begun and is not complete: it goes on in what comes.
	pending []byte
	// Width of the character that was just printed, 0 after anything else.
	preceding uint8
}

// Longer beginnings of sequences than this are replaced by shorter ones that end alike.
const maxPending = 4 << 10

// NewScreen is a terminal to which nothing has been written.
func NewScreen(columns, rows int) *Screen {
	columns, rows = atLeast(columns, rows)
	s := &Screen{columns: columns, rows: rows, normal: newBuffer(columns, rows)}
	s.modes = newModes()
	s.machine.params.reset()
	return s
}

// atLeast is the smallest screen of xterm.js: a wide character must fit.
func atLeast(columns, rows int) (int, int) {
	return max(2, columns), max(1, rows)
}

// Clone is a screen of its own in the same state.
func (s *Screen) Clone() *Screen {
	c := *s
	c.normal = s.normal.clone()
	if s.alternate != nil {
		c.alternate = s.alternate.clone()
	}
	c.machine.text = append([]byte(nil), s.machine.text...)
	c.pending = append([]byte(nil), s.pending...)
	return &c
}

// Resize changes the size. Lines are cut or filled, not broken anew: full-screen programs draw again, and at a prompt
// it is the last line that counts.
func (s *Screen) Resize(columns, rows int) {
	columns, rows = atLeast(columns, rows)
	if columns == s.columns && rows == s.rows {
		return
	}
	s.columns, s.rows = columns, rows
	s.normal.resize(columns, rows)
	if s.alternate != nil {
		s.alternate.resize(columns, rows)
	}
}

// Write takes output; it may end anywhere, within a sequence or a character too.
func (s *Screen) Write(p []byte) {
	lines := len(p) - len(lastPlainLines(p))
	s.draw(p[:lines])
	s.draw(p[lines+s.scrolledOut(p[lines:]):])
}

func (s *Screen) draw(p []byte) {
	for i := 0; i < len(p); {
		if s.machine.state == ground && s.decoder.isIdle() {
			if n := plainLength(p[i:]); n > 0 {
				s.printPlain(p[i : i+n])
				i += n
				continue
			}
		}
		if code, isComplete := s.decoder.put(p[i]); isComplete {
			s.machine.advance(code, s)
		}
		s.keepPending(p[i])
		i++
	}
}

func (s *Screen) keepPending(octet byte) {
	if s.machine.state == ground && s.decoder.isIdle() {
		s.pending = s.pending[:0]
		return
	}
	s.pending = append(s.pending, octet)
	if len(s.pending) > maxPending && s.decoder.isIdle() {
		s.pending = append(s.pending[:0], s.machine.reentry()...)
	}
}

// scrolledOut is how many of the first characters of plain lines leave nothing behind: when so many lines follow that
// the cursor gets to the last row and all rows are pushed out from there, and when these begin at the first column. Most
// of what floods a terminal is such.
func (s *Screen) scrolledOut(lines []byte) int {
	b := s.buffer()
	if s.machine.state != ground || !s.decoder.isIdle() || b.top != 0 || b.bottom != s.rows-1 {
		return 0
	}
	feeds := 0
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i] == '\n' {
			feeds++
		}
		if feeds >= 2*s.rows && lines[i] == '\r' {
			return i
		}
	}
	return 0
}

// lastPlainLines is what follows the last line with anything but ASCII in it. The rest of that line may belong to a sequence.
func lastPlainLines(p []byte) []byte {
	start := len(p)
	for start > 0 && isPlain(p[start-1]) {
		start--
	}
	if start == 0 {
		return p
	}
	_, lines, _ := bytes.Cut(p[start:], []byte{'\n'})
	return lines
}

func isPlain(octet byte) bool {
	return octet >= 0x20 && octet <= 0x7e || octet == '\n' || octet == '\r' || octet == '\t'
}

// plainLength is how many printable ASCII characters come first.
func plainLength(p []byte) int {
	for i, octet := range p {
		if octet < 0x20 || octet > 0x7e {
			return i
		}
	}
	return len(p)
}

func (s *Screen) buffer() *buffer {
	if s.isAlternate {
		return s.alternate
	}
	return s.normal
}

// restrict keeps the cursor on the screen, with origin mode between the margins.
func (s *Screen) restrict(lastColumn int) {
	b := s.buffer()
	b.x = min(max(b.x, 0), lastColumn)
	if s.modes.origin {
		b.y = min(max(b.y, b.top), b.bottom)
	} else {
		b.y = min(max(b.y, 0), s.rows-1)
	}
}

func (s *Screen) setCursor(x, y int) {
	b := s.buffer()
	b.x, b.y = x, y
	if s.modes.origin {
		b.y += b.top
	}
	s.restrict(s.columns - 1)
}

// move goes from where the cursor is. In origin mode xterm.js counts that row from the margin once more; so do we.
func (s *Screen) move(dx, dy int) {
	s.restrict(s.columns - 1)
	b := s.buffer()
	s.setCursor(b.x+dx, b.y+dy)
}

func (s *Screen) index() {
	s.restrict(s.columns - 1)
	s.lineDown(false)
	s.restrict(s.columns - 1)
}

// lineDown scrolls at the lower margin.
func (s *Screen) lineDown(isWrap bool) (hasScrolled bool) {
	b := s.buffer()
	b.y++
	if b.y == b.bottom+1 {
		b.y--
		b.scroll(s.attribute.erased(), isWrap)
		return true
	}
	b.y = min(b.y, s.rows-1)
	return false
}

func (s *Screen) reverseIndex() {
	s.restrict(s.columns - 1)
	b := s.buffer()
	if b.y == b.top {
		b.insertRows(b.top, 1, s.attribute.erased())
		return
	}
	b.y--
	s.restrict(s.columns - 1)
}

func (s *Screen) save() {
	b := s.buffer()
	b.saved = savedCursor{b.x, b.y, s.attribute.fg, s.attribute.bg, s.charset.active}
}

func (s *Screen) restore() {
	b := s.buffer()
	b.x, b.y = b.saved.x, b.saved.y
	s.attribute.fg, s.attribute.bg = b.saved.fg, b.saved.bg
	s.charset.active = b.saved.charset
	s.restrict(s.columns - 1)
}

func (s *Screen) enterAlternate() {
	if s.isAlternate {
		return
	}
	if s.alternate == nil {
		s.alternate = newBuffer(s.columns, s.rows)
	}
	for _, r := range s.alternate.rows {
		r.fill(s.attribute.erased().empty())
		r.isWrapped = false
	}
	s.alternate.x, s.alternate.y = s.normal.x, s.normal.y
	s.isAlternate = true
}

// leaveAlternate clears it; what was saved there, and its tab stops as xterm.js has it, are not kept either.
func (s *Screen) leaveAlternate() {
	if !s.isAlternate {
		return
	}
	s.normal.x, s.normal.y = s.alternate.x, s.alternate.y
	saved := s.alternate.saved
	s.alternate = newBuffer(s.columns, s.rows)
	s.alternate.saved = saved
	s.isAlternate = false
}

func (s *Screen) reset() {
	fresh := NewScreen(s.columns, s.rows)
	fresh.title, fresh.modes.newline, fresh.modes.blink = s.title, s.modes.newline, s.modes.blink
	fresh.modes.isCursorHidden = s.modes.isCursorHidden
	fresh.machine, fresh.decoder, fresh.pending = s.machine, s.decoder, s.pending
	*s = *fresh
}
