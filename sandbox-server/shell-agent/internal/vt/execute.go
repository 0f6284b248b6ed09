package vt

func (s *Screen) execute(code rune) {
	b := s.buffer()
	switch code {
	case '\n', '\v', '\f':
		s.lineFeed()
	case '\r':
		b.x = 0
	case '\b':
		s.backspace()
	case '\t':
		if b.x < s.columns {
			b.x = b.tabAfter(b.x)
		}
	case 0x0e:
		s.charset.setLevel(1)
	case 0x0f:
		s.charset.setLevel(0)
	case 0x84:
		s.index()
	case 0x85:
		b.x = 0
		s.index()
	case 0x88:
		b.tabs[b.x] = true
	}
	s.preceding = 0
}

func (s *Screen) lineFeed() {
	b := s.buffer()
	if s.modes.newline {
		b.x = 0
	}
	y := b.y
	if !s.lineDown(false) && b.y != y {
		b.row().isWrapped = false
	}
	if b.x >= s.columns {
		b.x--
	}
}

func (s *Screen) backspace() {
	b := s.buffer()
	if !s.modes.reverseWrap {
		s.restrict(s.columns - 1)
		b.x = max(0, b.x-1)
		return
	}
	s.restrict(s.columns)
	switch {
	case b.x > 0:
		b.x--
	case b.y > b.top && b.y <= b.bottom && b.row().isWrapped:
		b.row().isWrapped = false
		b.y--
		b.x = s.columns - 1
		if last := &b.row().cells[b.x]; last.width > 0 && last.isEmpty() {
			b.x--
		}
	}
	s.restrict(s.columns - 1)
}

// idOf packs prefix, intermediates and final byte as the machine collects them.
func idOf(text string) (id uint32) {
	for i := range len(text) {
		id = id<<8 | uint32(text[i])
	}
	return id
}

func (s *Screen) esc(id uint32) {
	b := s.buffer()
	s.preceding = 0
	switch id {
	case '7':
		s.save()
	case '8':
		s.restore()
	case 'D':
		s.index()
	case 'E':
		b.x = 0
		s.index()
	case 'H':
		b.tabs[b.x] = true
	case 'M':
		s.reverseIndex()
	case '=':
		s.modes.keypad = true
	case '>':
		s.modes.keypad = false
	case 'c':
		s.reset()
	case 'n', '}':
		s.charset.setLevel(2)
	case 'o', '|':
		s.charset.setLevel(3)
	case '~':
		s.charset.setLevel(1)
	case '%'<<8 | '@', '%'<<8 | 'G':
		s.charset.setLevel(0)
		s.charset.designate(0, 0)
	case '#'<<8 | '8':
		s.fillWithE()
	default:
		s.designate(id)
	}
}

func (s *Screen) designate(id uint32) {
	set := charset(id)
	if _, isKnown := charsets[set]; !isKnown || id>>16 != 0 {
		return
	}
	if set == 'B' {
		set = 0
	}
	switch id >> 8 {
	case '(':
		s.charset.designate(0, set)
	case ')', '-':
		s.charset.designate(1, set)
	case '*', '.':
		s.charset.designate(2, set)
	case '+':
		s.charset.designate(3, set)
	}
}

// fillWithE is DECALN.
func (s *Screen) fillWithE() {
	s.setCursor(0, 0)
	b := s.buffer()
	plain := attribute{fg: s.attribute.fg, bg: s.attribute.bg &^ hasExtended}
	for _, r := range b.rows[b.y:] {
		r.fill(plain.cell('E', 1))
		r.isWrapped = false
	}
	s.setCursor(0, 0)
}

// Links and titles longer than this are not kept.
const maxText = 2 << 10

func (s *Screen) osc(command []byte) {
	s.preceding = 0
	number, text := splitCommand(command)
	if len(text) > maxText {
		return
	}
	switch number {
	case "0", "2":
		s.title = text
	case "8":
		s.setLink(text)
	}
}

func splitCommand(command []byte) (number, text string) {
	for i, octet := range command {
		if octet == ';' {
			return string(command[:i]), string(command[i+1:])
		}
	}
	return string(command), ""
}

func (s *Screen) setLink(text string) {
	params, uri := splitCommand([]byte(text))
	if uri == "" && params != "" {
		return
	}
	s.attribute.change(func(e *extended) {
		e.link = nil
		if uri != "" {
			e.link = &link{params, uri}
		}
	})
	s.attribute.updateExtended()
}
