package vt

// performer is told what the output says.
type performer interface {
	print(code rune)
	execute(code rune)
	// id is prefix, intermediates and final byte, the last in the lowest octet.
	csi(id uint32, p *params)
	esc(id uint32)
	osc(command []byte)
}

// Strings longer than this are none that a screen depends on.
const maxString = 4 << 10

// machine goes through code points. The zero value is at the beginning of a stream.
type machine struct {
	state   state
	collect uint32
	params  params
	// Text of an OSC, in UTF-8; cut, and then not performed, when it is too long.
	text      []byte
	isTooLong bool
}

func (m *machine) advance(code rune, p performer) {
	t := transitions[m.state][min(code, printableCode)]
	next := t.next
	switch t.action {
	case doPrint:
		p.print(code)
	case doExecute:
		p.execute(code)
	case doClear:
		m.clear()
	case doCollect:
		m.collect = m.collect<<8 | uint32(code)
	case doParam:
		m.params.put(byte(code))
	case doEsc:
		p.esc(m.collect<<8 | uint32(code))
	case doCsi:
		p.csi(m.collect<<8|uint32(code), &m.params)
	case doOscStart:
		m.text, m.isTooLong = m.text[:0], false
	case doOscPut:
		m.putText(code)
	case doOscEnd:
		if code != 0x18 && code != 0x1a && !m.isTooLong {
			p.osc(m.text)
		}
		m.text = nil
		next = m.endString(code)
	case doUnhook:
		next = m.endString(code)
	}
	m.state = next
}

// endString begins the escape sequence that may have ended a string; mostly it is `ESC \`.
func (m *machine) endString(code rune) state {
	m.clear()
	if code == 0x1b {
		return escape
	}
	return ground
}

func (m *machine) clear() {
	m.params.reset()
	m.collect = 0
}

func (m *machine) putText(code rune) {
	if m.isTooLong {
		return
	}
	m.text = appendRune(m.text, code)
	m.isTooLong = len(m.text) > maxString
}

// reentry is what brings a fresh machine into a string or an ignored sequence, in place of a beginning that is too
// long to be kept; what it was would have no effect either.
func (m *machine) reentry() string {
	switch m.state {
	case oscString:
		return "\x1b]99999;"
	case sosPmApcString:
		return "\x1b_"
	case dcsEntry, dcsParam, dcsIgnore, dcsIntermediate, dcsPassthrough:
		return "\x1bP~"
	default:
		return "\x1b[0<"
	}
}
