package vt

// MaxSerialized is the most that a screen may take: the server allows that much on its way. A screen that would take
// more, such as a picture with a colour for each cell of a huge window, is drawn without colours.
const MaxSerialized = 256 << 10

// Serialize returns what brings a fresh terminal of the same size to this state: cells, cursors, modes, and the
// beginning of what is not complete.
func (s *Screen) Serialize() []byte {
	out := s.serialize(false)
	if len(out) > MaxSerialized {
		out = s.serialize(true)
	}
	if len(out) > MaxSerialized {
		empty := *s
		empty.normal, empty.alternate = newBuffer(s.columns, s.rows), newBuffer(s.columns, s.rows)
		out = empty.serialize(true)
	}
	return out
}

func (s *Screen) serialize(isPlain bool) []byte {
	p := &pen{isPlain: isPlain, x: -1}
	if s.title != "" {
		p.text("\x1b]2;" + s.title + "\x1b\\")
	}
	p.buffer(s.normal)
	if s.isAlternate {
		p.set(attribute{})
		p.text("\x1b[?47h")
		p.x = -1
		p.buffer(s.alternate)
	}
	p.charsets(s)
	p.modes(&s.modes)
	p.cursor(s)
	return append(p.out, s.pending...)
}

var designators = [4]string{"\x1b(", "\x1b)", "\x1b*", "\x1b+"}

var shifts = [4]string{"", "\x0e", "\x1bn", "\x1bo"}

func (p *pen) charsets(s *Screen) {
	for i, set := range s.charset.designated {
		if set != 0 {
			p.text(designators[i] + string(rune(set)))
		}
	}
	p.text(shifts[s.charset.level])
	// Only restoring a cursor makes them differ, and restores it again; the cursor itself is placed after this.
	if s.charset.active != s.charset.designated[s.charset.level] {
		p.text("\x1b8")
		p.look = attribute{fg: ^uint32(0)}
		p.x = -1
	}
}

func (p *pen) modes(m *modes) {
	for _, mode := range []struct {
		isSet  bool
		number int
	}{
		{m.cursorKeys, 1}, {m.blink, 12}, {m.reverseWrap, 45}, {m.keypad, 66}, {m.focus, 1004},
		{m.bracketedPaste, 2004}, {m.synchronized, 2026}, {m.mouse != 0, m.mouse},
		{m.mouseEncoding != 0, m.mouseEncoding}, {m.origin, 6},
	} {
		if mode.isSet {
			p.sequence("?", "h", mode.number)
		}
	}
	if !m.wraps {
		p.sequence("?", "l", 7)
	}
	if m.isCursorHidden {
		p.sequence("?", "l", 25)
	}
	if m.insert {
		p.sequence("", "h", 4)
	}
	if m.newline {
		p.sequence("", "h", 20)
	}
	if m.cursorStyle != 0 {
		p.sequence("", " q", m.cursorStyle)
	}
}

// cursor comes last. Where a character has just been printed it is printed again: only so does the next one wrap, join
// or repeat as it would have.
func (p *pen) cursor(s *Screen) {
	b := s.buffer()
	y := b.y
	if s.modes.origin {
		y = max(0, y-b.top)
	}
	at := min(b.x, s.columns)
	if s.preceding == 0 && at < s.columns {
		p.goTo(at, y)
		p.set(s.attribute)
		p.hiddenColour(s.attribute)
		return
	}
	at = max(0, at-1)
	c := b.row().cells[at]
	if c.width == 0 && c.isEmpty() && at > 0 {
		at--
		c = b.row().cells[at]
	}
	p.goTo(at, y)
	if c.isEmpty() {
		p.wrapOfNothing(b.row(), s.attribute)
		return
	}
	if s.modes.insert {
		// What printing it inserts was there.
		p.sequence("", "P", max(1, int(c.width)))
	}
	p.set(c.attribute)
	if c.sameLook(s.attribute) {
		p.hiddenColour(s.attribute)
	}
	p.out = appendRune(p.out, c.char)
	p.text(c.marks)
	if !c.sameLook(s.attribute) {
		p.set(s.attribute)
		p.hiddenColour(s.attribute)
	}
	if s.preceding == 0 {
		p.endJoining(s.modes.wraps)
	}
}

// endJoining says again what is so already: after a sequence nothing joins with the character before it.
func (p *pen) endJoining(wraps bool) {
	if wraps {
		p.sequence("?", "h", 7)
	} else {
		p.sequence("?", "l", 7)
	}
}

// hiddenColour sets that of an underline that is not on: it counts when it is.
func (p *pen) hiddenColour(a attribute) {
	if a.bg&hasExtended == 0 && a.extended != nil && a.extended.underlineColour != 0 {
		p.text("\x1b[")
		p.colour(a.extended.underlineColour, 0, 0, 58)
		p.endNumbers()
	}
}

// wrapOfNothing brings the cursor behind a last column that is empty: its line was erased while it was there.
func (p *pen) wrapOfNothing(r *row, look attribute) {
	last := r.cells[len(r.cells)-1]
	p.set(attribute{bg: last.bg & colourMask})
	p.text(" ")
	isAllErased := true
	for _, c := range r.cells {
		isAllErased = isAllErased && c.isEmpty() && c.isErased() && c.bg == last.bg
	}
	if isAllErased {
		p.sequence("", "K", 1)
	}
	p.set(look)
}
