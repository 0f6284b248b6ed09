package vt

// isErased says that a cell has nothing but a background, as erased ones have.
func (a attribute) isErased() bool {
	return a.fg == 0 && a.bg&^colourMask == 0
}

func (a attribute) sameLook(b attribute) bool {
	if a.fg != b.fg || a.bg != b.bg {
		return false
	}
	return a.values() == b.values()
}

// values are the extended ones that count.
func (a attribute) values() extended {
	if a.extended == nil || a.bg&hasExtended == 0 {
		return extended{}
	}
	return *a.extended
}

// set makes what is written from here on look so.
func (p *pen) set(a attribute) {
	if p.isPlain {
		a = attribute{}
	}
	if a.sameLook(p.look) {
		return
	}
	before := p.look
	p.look = a
	p.setLink(before, a)
	const colours = colourMask
	flagsChange := before.fg&^colours != a.fg&^colours || before.bg&^colours != a.bg&^colours
	if flagsChange || before.values() != a.values() {
		p.setAll(a)
		return
	}
	p.text("\x1b[")
	start := len(p.out)
	if before.fg != a.fg {
		p.colour(a.fg, 30, 90, 38)
	}
	if before.bg != a.bg {
		p.colour(a.bg, 40, 100, 48)
	}
	if len(p.out) == start {
		p.text("0;")
	}
	p.endNumbers()
}

// setAll begins with nothing, which leaves only the link.
func (p *pen) setAll(a attribute) {
	p.text("\x1b[0;")
	for _, bit := range orderedBits {
		if a.fg&bit.fg != 0 || a.bg&bit.bg != 0 {
			p.number(bit.number)
			p.text(";")
		}
	}
	values := a.values()
	if a.fg&underline != 0 || values.underlineStyle != 0 {
		p.text("4")
		if values.underlineStyle > 1 {
			p.text(":")
			p.number(int(values.underlineStyle))
		}
		p.text(";")
	}
	if a.fg&colourMask != 0 {
		p.colour(a.fg, 30, 90, 38)
	}
	if a.bg&colourMask != 0 {
		p.colour(a.bg, 40, 100, 48)
	}
	if values.underlineColour != 0 {
		p.colour(values.underlineColour, 0, 0, 58)
	}
	p.endNumbers()
	if a.bg&protected != 0 {
		p.sequence("", "\"q", 1)
	}
}

var orderedBits = []struct {
	number int
	fg, bg uint32
}{
	{number: 1, fg: bold}, {number: 2, bg: dim}, {number: 3, bg: italic}, {number: 5, fg: blink},
	{number: 7, fg: inverse}, {number: 8, fg: invisible}, {number: 9, fg: strikethrough}, {number: 53, bg: overline},
}

// endNumbers turns the last separator into the final.
func (p *pen) endNumbers() {
	p.out[len(p.out)-1] = 'm'
}

// colour writes one: of the first eight from `low` on, of the bright ones from `high` on, else behind `long`.
func (p *pen) colour(colour uint32, low, high, long int) {
	switch colour & modeMask {
	case 0:
		p.number(long + 1)
	case mode16:
		n := int(colour & 7)
		if colour&8 != 0 {
			p.number(high + n)
		} else {
			p.number(low + n)
		}
	case mode256:
		p.number(long)
		p.text(";5;")
		p.number(int(colour & paletteMask))
	case modeRGB:
		p.number(long)
		p.text(";2;")
		p.number(int(colour >> 16 & 0xff))
		p.text(";")
		p.number(int(colour >> 8 & 0xff))
		p.text(";")
		p.number(int(colour & 0xff))
	}
	p.text(";")
}

func (p *pen) setLink(before, after attribute) {
	from, to := before.values().link, after.values().link
	if from == to || from != nil && to != nil && *from == *to {
		return
	}
	p.text("\x1b]8;")
	if to == nil {
		p.text(";")
	} else {
		p.text(to.params + ";" + to.uri)
	}
	p.text("\x1b\\")
}
