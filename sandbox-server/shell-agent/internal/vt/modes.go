package vt

// modes that sequences set; the zero values are those of a fresh terminal but for wraps.
type modes struct {
	cursorKeys, keypad, bracketedPaste, focus bool
	origin, wraps, reverseWrap, insert        bool
	isCursorHidden, synchronized              bool
	// Options of xterm.js rather than modes: a reset leaves them.
	newline, blink bool
	// 0, or the number of the mode.
	mouse, mouseEncoding int
	// As DECSCUSR has it; 0 is the page's own.
	cursorStyle int
}

func newModes() modes { return modes{wraps: true} }

func (s *Screen) setModes(p *params, isSet bool) {
	for i := range p.length {
		switch p.at(i) {
		case 4:
			s.modes.insert = isSet
		case 20:
			s.modes.newline = isSet
		}
	}
}

func (s *Screen) setPrivateModes(p *params, isSet bool) {
	for i := range p.length {
		s.setPrivateMode(p.at(i), isSet)
	}
}

func (s *Screen) setPrivateMode(number int, isSet bool) {
	m := &s.modes
	if flag := m.flag(number); flag != nil {
		*flag = isSet
		return
	}
	switch number {
	case 2:
		if isSet {
			s.charset.designated = [4]charset{}
			s.charset.active = 0
		}
	case 6:
		m.origin = isSet
		s.setCursor(0, 0)
	case 25:
		m.isCursorHidden = !isSet
	case 9, 1000, 1002, 1003:
		m.mouse = numberIf(number, isSet)
	case 1006, 1016:
		m.mouseEncoding = numberIf(number, isSet)
	case 47, 1047, 1048, 1049:
		s.switchScreen(number, isSet)
	}
}

func numberIf(number int, isSet bool) int {
	if isSet {
		return number
	}
	return 0
}

func (m *modes) flag(number int) *bool {
	switch number {
	case 1:
		return &m.cursorKeys
	case 7:
		return &m.wraps
	case 12:
		return &m.blink
	case 45:
		return &m.reverseWrap
	case 66:
		return &m.keypad
	case 1004:
		return &m.focus
	case 2004:
		return &m.bracketedPaste
	case 2026:
		return &m.synchronized
	}
	return nil
}

func (s *Screen) switchScreen(number int, isSet bool) {
	if isSet && number >= 1048 {
		s.save()
	}
	if number != 1048 {
		if isSet {
			s.enterAlternate()
		} else {
			s.leaveAlternate()
		}
	}
	if !isSet && number >= 1048 {
		s.restore()
	}
}
