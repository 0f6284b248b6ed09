package vt

// Attributes that are one bit; those in bg are marked so. What is off has a number of its own.
var attributeBits = map[int]struct {
	fg, bg uint32
}{
	1: {fg: bold}, 2: {bg: dim}, 3: {bg: italic}, 5: {fg: blink}, 7: {fg: inverse}, 8: {fg: invisible},
	9: {fg: strikethrough}, 53: {bg: overline},
}

var attributeEnds = map[int]struct {
	fg, bg uint32
}{
	22: {fg: bold, bg: dim}, 23: {bg: italic}, 25: {fg: blink}, 27: {fg: inverse}, 28: {fg: invisible},
	29: {fg: strikethrough}, 39: {fg: colourMask}, 49: {bg: colourMask}, 55: {bg: overline},
}

func (s *Screen) setAttributes(p *params) {
	a := &s.attribute
	for i := 0; i < p.length; i++ {
		n := p.at(i)
		if bits, found := attributeBits[n]; found {
			a.fg, a.bg = a.fg|bits.fg, a.bg|bits.bg
			continue
		}
		if bits, found := attributeEnds[n]; found {
			a.fg, a.bg = a.fg&^bits.fg, a.bg&^bits.bg
			continue
		}
		switch {
		case n == 0:
			a.resetAll()
		case n >= 30 && n <= 37:
			a.fg = a.fg&^colourMask | mode16 | uint32(n-30)
		case n >= 40 && n <= 47:
			a.bg = a.bg&^colourMask | mode16 | uint32(n-40)
		case n >= 90 && n <= 97:
			a.fg = a.fg&^colourMask | mode16 | uint32(n-90) | 8
		case n >= 100 && n <= 107:
			a.bg = a.bg&^colourMask | mode16 | uint32(n-100) | 8
		case n == 4:
			a.underline(underlineOf(p.subs(i)))
		case n == 21:
			a.underline(2)
		case n == 24:
			a.underline(0)
		case n == 38 || n == 48 || n == 58:
			i += a.setColour(p, i)
		case n == 59:
			// As xterm.js has it: a colour of all ones.
			a.change(func(e *extended) { e.underlineColour = colourMask })
			a.updateExtended()
		}
	}
}

// resetAll keeps the link.
func (a *attribute) resetAll() {
	a.fg, a.bg = 0, 0
	if a.extended == nil {
		return
	}
	a.change(func(e *extended) { e.underlineStyle, e.underlineColour = 0, 0 })
	a.updateExtended()
}

func underlineOf(sub []int32) uint8 {
	if len(sub) == 0 || sub[0] == -1 || sub[0] > 5 {
		return 1
	}
	return uint8(sub[0])
}

func (a *attribute) underline(style uint8) {
	a.change(func(e *extended) { e.underlineStyle = style })
	a.fg |= underline
	if style == 0 {
		a.fg &^= underline
	}
	a.updateExtended()
}

// setColour reads a colour of 256 or of 16 million, with semicolons or colons, and returns how many further
// parameters it took (InputHandler._extractColor of xterm.js).
func (a *attribute) setColour(p *params, at int) int {
	values, advance := extractColour(p, at)
	apply := func(colour uint32) uint32 {
		switch values[1] {
		case 2:
			return colour&^colourMask | modeRGB | uint32(values[3]&0xff)<<16 | uint32(values[4]&0xff)<<8 | uint32(values[5]&0xff)
		case 5:
			return colour&^colourMask | mode256 | uint32(values[3]&0xff)
		}
		return colour
	}
	switch values[0] {
	case 38:
		a.fg = apply(a.fg)
	case 48:
		a.bg = apply(a.bg)
	case 58:
		a.change(func(e *extended) { e.underlineColour = apply(e.underlineColour) })
	}
	return advance
}

func extractColour(p *params, at int) (values [6]int32, advance int) {
	values = [6]int32{0, 0, -1, 0, 0, 0}
	space := 0
	for {
		values[advance+space] = p.values[at+advance]
		if subs := p.subs(at + advance); len(subs) > 0 {
			takeSubs(&values, subs, advance, space)
			break
		}
		if values[1] == 5 && advance+space >= 2 || values[1] == 2 && advance+space >= 5 {
			break
		}
		if values[1] != 0 {
			space = 1
		}
		advance++
		if advance+at >= p.length || advance+space >= len(values) {
			break
		}
	}
	for i := 2; i < len(values); i++ {
		values[i] = max(values[i], 0)
	}
	return values, advance
}

func takeSubs(values *[6]int32, subs []int32, advance, space int) {
	for i, sub := range subs {
		if values[1] == 5 {
			space = 1
		}
		if i > 0 && i+advance+1+space >= len(values) {
			return
		}
		if at := advance + i + 1 + space; at < len(values) {
			values[at] = sub
		}
	}
}
