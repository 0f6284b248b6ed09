package vt

// print writes a character at the cursor (InputHandler.print of xterm.js).
func (s *Screen) print(code rune) {
	if s.charset.active != 0 && code < 0x7f {
		if shown, found := charsets[s.charset.active][code]; found {
			code = shown
		}
	}
	b := s.buffer()
	width := widthOf(code)
	joins := width == 0 && s.preceding != 0
	if joins {
		width = s.preceding
	}
	oldWidth := uint8(0)
	if joins {
		oldWidth = s.preceding
	}
	s.preceding = width
	s.splitLeft(b)
	if b.x+int(width-oldWidth) > s.columns && !s.wrap(b, width) {
		return
	}
	if joins && b.x > 0 {
		at := b.x - 1
		if b.row().widthAt(at) == 0 && at > 0 {
			at--
		}
		b.row().cells[at].addMark(code)
		s.splitRight(b)
		return
	}
	s.put(b, code, width)
	s.splitRight(b)
}

// put stores the character and goes on to the right of it.
func (s *Screen) put(b *buffer, code rune, width uint8) {
	r := b.row()
	if s.modes.insert {
		r.insert(b.x, int(width), s.attribute.empty())
		if last := s.columns - 1; r.widthAt(last) == 2 {
			r.cells[last] = s.attribute.empty()
		}
	}
	if b.x < s.columns {
		r.cells[b.x] = s.attribute.cell(code, width)
	}
	b.x++
	for width > 1 {
		if b.x < s.columns {
			r.cells[b.x] = s.attribute.cell(0, 0)
		}
		b.x++
		width--
	}
}

// wrap goes to the next line, or says that the character has no place.
func (s *Screen) wrap(b *buffer, width uint8) bool {
	if !s.modes.wraps {
		b.x = s.columns - 1
		return width != 2
	}
	left, column := b.row(), b.x
	b.x = 0
	if !s.lineDown(true) {
		b.row().isWrapped = true
	}
	// A row that has scrolled out is used again: then there is nothing left to clear.
	for ; column < s.columns && left != b.row(); column++ {
		left.cells[column] = s.attribute.empty()
	}
	return true
}

// splitLeft clears the first half of a wide character whose second half is written over.
func (s *Screen) splitLeft(b *buffer) {
	if b.x > 0 && b.x <= s.columns && b.row().widthAt(b.x-1) == 2 {
		b.row().cells[b.x-1] = s.attribute.empty()
	}
}

// splitRight clears the second half of a wide character whose first half was written over.
func (s *Screen) splitRight(b *buffer) {
	if b.x >= s.columns {
		return
	}
	if c := &b.row().cells[b.x]; c.width == 0 && c.isEmpty() {
		*c = s.attribute.empty()
	}
}

// printPlain is print for a run of ASCII, most of all output.
func (s *Screen) printPlain(text []byte) {
	b := s.buffer()
	fill := s.attribute.cell(' ', 1)
	for len(text) > 0 {
		if s.charset.active != 0 || s.modes.insert || b.x >= s.columns {
			s.print(rune(text[0]))
			text = text[1:]
			continue
		}
		s.splitLeft(b)
		n := min(len(text), s.columns-b.x)
		cells := b.row().cells[b.x : b.x+n]
		for i := range cells {
			cells[i] = fill
			cells[i].char = rune(text[i])
		}
		b.x += n
		text = text[n:]
		s.splitRight(b)
		s.preceding = 1
	}
}

// repeat prints the last character again (REP).
func (s *Screen) repeat(n int) {
	b := s.buffer()
	x := b.x - int(s.preceding)
	if s.preceding == 0 || x < 0 || x >= s.columns {
		return
	}
	last := b.row().cells[x]
	// More than two screens of it are the same two screens, but for where they end.
	if most := 2 * s.columns * s.rows; n > most {
		n = most + n%s.columns
	}
	for range n {
		if last.char != 0 {
			s.print(last.char)
		}
		for _, mark := range last.marks {
			s.print(mark)
		}
	}
}
