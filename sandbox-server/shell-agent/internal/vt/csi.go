package vt

func (s *Screen) csi(id uint32, p *params) {
	if !s.csiCursor(id, p) && !s.csiErase(id, p) {
		s.csiState(id, p)
	}
	s.preceding = 0
}

// csiCursor has the sequences that move the cursor.
func (s *Screen) csiCursor(id uint32, p *params) bool {
	b := s.buffer()
	switch id {
	case 'A':
		s.up(p.count(0))
	case 'B':
		s.down(p.count(0))
	case 'C', 'a':
		s.move(p.count(0), 0)
	case 'D':
		s.move(-p.count(0), 0)
	case 'E':
		s.down(p.count(0))
		b.x = 0
	case 'F':
		s.up(p.count(0))
		b.x = 0
	case 'G', '`':
		s.setCursor(p.count(0)-1, b.y)
	case 'H', 'f':
		s.setCursor(p.count(1)-1, p.count(0)-1)
	case 'd':
		s.setCursor(b.x, p.count(0)-1)
	case 'e':
		s.move(0, p.count(0))
	case 'I':
		for range s.tabs(p) {
			b.x = b.tabAfter(b.x)
		}
	case 'Z':
		for range s.tabs(p) {
			b.x = b.tabBefore(b.x)
		}
	default:
		return false
	}
	return true
}

// tabs is how often to go to another tab stop; beyond the last column none is left.
func (s *Screen) tabs(p *params) int {
	if s.buffer().x >= s.columns {
		return 0
	}
	return min(p.count(0), s.columns)
}

func (s *Screen) up(n int) {
	b := s.buffer()
	if room := b.y - b.top; room >= 0 {
		n = min(n, room)
	}
	s.move(0, -n)
}

func (s *Screen) down(n int) {
	b := s.buffer()
	if room := b.bottom - b.y; room >= 0 {
		n = min(n, room)
	}
	s.move(0, n)
}

// csiErase has the sequences that erase, insert and remove.
func (s *Screen) csiErase(id uint32, p *params) bool {
	b, fill := s.buffer(), s.attribute.erased()
	switch id {
	case 'J', '?'<<8 | 'J':
		s.eraseInDisplay(p.at(0), id != 'J')
	case 'K', '?'<<8 | 'K':
		s.eraseInLine(p.at(0), id != 'K')
	case 'X':
		s.restrict(s.columns - 1)
		b.row().replace(b.x, b.x+p.count(0), fill.empty(), false)
	case '@':
		s.restrict(s.columns - 1)
		b.row().insert(b.x, p.count(0), fill.empty())
	case 'P':
		s.restrict(s.columns - 1)
		b.row().remove(b.x, p.count(0), fill.empty())
	case 'L', 'M':
		s.changeLines(id, p.count(0))
	case 'S':
		b.removeRows(b.top, p.count(0), fill)
	case 'T':
		b.insertRows(b.top, p.count(0), attribute{})
	case ' '<<8 | '@', '\''<<8 | '~':
		s.eachColumn(id == ' '<<8|'@', func(r *row, x int) { r.remove(x, p.count(0), fill.empty()) })
	case ' '<<8 | 'A', '\''<<8 | '}':
		s.eachColumn(id == ' '<<8|'A', func(r *row, x int) { r.insert(x, p.count(0), fill.empty()) })
	case 'b':
		s.repeat(p.count(0))
	default:
		return false
	}
	return true
}

func (s *Screen) isBetweenMargins() bool {
	b := s.buffer()
	return b.y >= b.top && b.y <= b.bottom
}

func (s *Screen) changeLines(id uint32, n int) {
	s.restrict(s.columns - 1)
	if !s.isBetweenMargins() {
		return
	}
	b := s.buffer()
	if id == 'L' {
		b.insertRows(b.y, n, s.attribute.erased())
	} else {
		b.removeRows(b.y, n, s.attribute.erased())
	}
	b.x = 0
}

// eachColumn changes all rows between the margins, at the first column or at the cursor's.
func (s *Screen) eachColumn(isFirst bool, change func(r *row, x int)) {
	if !s.isBetweenMargins() {
		return
	}
	b := s.buffer()
	x := b.x
	if isFirst {
		x = 0
	}
	for _, r := range b.rows[b.top : b.bottom+1] {
		change(r, x)
		r.isWrapped = false
	}
}

func (s *Screen) eraseInDisplay(what int, sparesProtected bool) {
	s.restrict(s.columns)
	b, fill := s.buffer(), s.attribute.erased().empty()
	first, last := 0, s.rows
	switch what {
	case 0:
		b.row().replace(b.x, s.columns, fill, sparesProtected)
		if b.x == 0 {
			b.row().isWrapped = false
		}
		first = b.y + 1
	case 1:
		b.row().replace(0, b.x+1, fill, sparesProtected)
		b.row().isWrapped = false
		if b.x+1 >= s.columns && b.y+1 < s.rows {
			b.rows[b.y+1].isWrapped = false
		}
		last = b.y
	case 2:
	default:
		return
	}
	for _, r := range b.rows[first:last] {
		r.replace(0, s.columns, fill, sparesProtected)
		r.isWrapped = false
	}
}

func (s *Screen) eraseInLine(what int, sparesProtected bool) {
	s.restrict(s.columns)
	b, fill := s.buffer(), s.attribute.erased().empty()
	switch what {
	case 0:
		b.row().replace(b.x, s.columns, fill, sparesProtected)
		if b.x == 0 {
			b.row().isWrapped = false
		}
	case 1:
		b.row().replace(0, b.x+1, fill, sparesProtected)
	case 2:
		b.row().replace(0, s.columns, fill, sparesProtected)
		b.row().isWrapped = false
	}
}

// csiState has the sequences that change how others work.
func (s *Screen) csiState(id uint32, p *params) {
	b := s.buffer()
	switch id {
	case 'm':
		s.setAttributes(p)
	case 'g':
		switch p.at(0) {
		case 0:
			delete(b.tabs, b.x)
		case 3:
			clear(b.tabs)
		}
	case 'h', 'l':
		s.setModes(p, id == 'h')
	case '?'<<8 | 'h', '?'<<8 | 'l':
		s.setPrivateModes(p, id&0xff == 'h')
	case '!'<<8 | 'p':
		s.softReset()
	case ' '<<8 | 'q':
		if p.at(0) <= lastCursorStyle {
			s.modes.cursorStyle = p.at(0)
		}
	case '"'<<8 | 'q':
		switch p.at(0) {
		case 1:
			s.attribute.bg |= protected
		case 0, 2:
			s.attribute.bg &^= protected
		}
	case 'r':
		s.setMargins(p)
	case 's':
		s.save()
	case 'u':
		s.restore()
	}
}

// lastCursorStyle of DECSCUSR is a steady bar.
const lastCursorStyle = 6

func (s *Screen) setMargins(p *params) {
	top, bottom := p.count(0), p.at(1)
	if bottom == 0 || bottom > s.rows {
		bottom = s.rows
	}
	if bottom > top {
		b := s.buffer()
		b.top, b.bottom = top-1, bottom-1
		s.setCursor(0, 0)
	}
}

func (s *Screen) softReset() {
	b := s.buffer()
	b.top, b.bottom = 0, s.rows-1
	s.attribute = attribute{}
	s.charset = charsetState{}
	kept := s.modes
	s.modes = newModes()
	s.modes.newline, s.modes.blink = kept.newline, kept.blink
	s.modes.mouse, s.modes.mouseEncoding = kept.mouse, kept.mouseEncoding
	b.saved = savedCursor{}
}
