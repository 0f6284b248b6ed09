package vt

import "strconv"

// pen writes what draws a screen, and knows what has been written so far.
type pen struct {
	out     []byte
	look    attribute
	isPlain bool
	// Where the cursor of the reader is; x is -1 where that is not known.
	x, y int
}

// A wide character that is written only to be cut into halves.
const wideFiller = "　"

func (p *pen) text(s string) { p.out = append(p.out, s...) }

func (p *pen) number(n int) { p.out = strconv.AppendInt(p.out, int64(n), 10) }

// sequence writes CSI, a prefix, numbers and a final.
func (p *pen) sequence(prefix, final string, numbers ...int) {
	p.text("\x1b[")
	p.text(prefix)
	for i, n := range numbers {
		if i > 0 {
			p.text(";")
		}
		p.number(n)
	}
	p.text(final)
}

// goTo is always written: it also ends what would join with the character before.
func (p *pen) goTo(x, y int) {
	p.sequence("", "H", y+1, x+1)
	p.x, p.y = x, y
}

func (p *pen) moveTo(x, y int) {
	if p.x != x || p.y != y {
		p.goTo(x, y)
	}
}

// buffer draws on a screen that is empty, without margins, in default modes.
func (p *pen) buffer(b *buffer) {
	p.wraps(b)
	for y, r := range b.rows {
		p.row(r, y)
	}
	p.tabs(b)
	if b.top != 0 || b.bottom != len(b.rows)-1 {
		p.sequence("", "r", b.top+1, b.bottom+1)
		p.x = -1
	}
	p.saved(b)
}

// wraps makes lines go on in the next one, by writing over the end of the first. What goes on from a line that is
// gone cannot be said.
func (p *pen) wraps(b *buffer) {
	for y := 1; y < len(b.rows); y++ {
		if !b.rows[y].isWrapped {
			continue
		}
		p.goTo(b.columns-1, y-1)
		p.text("  \r")
		p.sequence("", "X", 1)
		p.goTo(b.columns-1, y-1)
		p.sequence("", "X", 1)
	}
	p.x = -1
}

func (p *pen) row(r *row, y int) {
	last := len(r.cells) - 1
	if c := r.cells[last]; c.isEmpty() && c.width == 1 && !c.isErased() {
		p.halveRight(c, last, y)
	}
	// The cell that is not empty although it was not drawn yet.
	touched := -1
	for x := 0; x <= last; {
		c := r.cells[x]
		switch {
		case c.isEmpty() && c.isErased():
			n := 1
			for x+n <= last && r.cells[x+n].isEmpty() && r.cells[x+n].sameLook(c.attribute) && r.cells[x+n].width == 1 {
				n++
			}
			if c.bg != 0 || x <= touched {
				p.moveTo(x, y)
				p.set(c.attribute)
				p.sequence("", "X", n)
			}
			x += n
		case c.isEmpty():
			if x < last {
				p.halveLeft(c, x, y)
				touched = x + 1
			}
			x++
		default:
			x += p.character(c, x, y)
		}
	}
}

// character writes one and returns how many cells it takes.
func (p *pen) character(c cell, x, y int) int {
	if c.width == 0 {
		// Without something before it that it could join.
		p.goTo(x, y)
	} else {
		p.moveTo(x, y)
	}
	p.set(c.attribute)
	p.out = appendRune(p.out, c.char)
	p.text(c.marks)
	width := max(1, int(c.width))
	p.x += width
	return width
}

// halveLeft leaves an empty cell that has a look: what remains of a wide character whose second half is written over.
func (p *pen) halveLeft(c cell, x, y int) {
	p.moveTo(x, y)
	p.set(c.attribute)
	p.text(wideFiller)
	p.goTo(x+1, y)
	p.text(" ")
	p.x++
}

// halveRight is halveLeft for the last column.
func (p *pen) halveRight(c cell, x, y int) {
	p.goTo(x-1, y)
	p.set(c.attribute)
	p.text(wideFiller)
	p.goTo(x-1, y)
	p.text(" ")
	p.goTo(x-1, y)
	p.set(attribute{})
	p.sequence("", "X", 1)
}

func (p *pen) tabs(b *buffer) {
	isUsual := true
	for x := range b.columns {
		isUsual = isUsual && b.tabs[x] == (x%tabWidth == 0)
	}
	if isUsual {
		return
	}
	p.sequence("", "g", 3)
	for x := range b.columns {
		if b.tabs[x] {
			p.goTo(x, 0)
			p.text("\x1bH")
		}
	}
}

func (p *pen) saved(b *buffer) {
	if b.saved == (savedCursor{}) {
		return
	}
	p.goTo(min(b.saved.x, b.columns-1), b.saved.y)
	p.set(attribute{fg: b.saved.fg, bg: b.saved.bg &^ hasExtended})
	if b.saved.charset != 0 {
		p.text("\x1b(" + string(rune(b.saved.charset)))
	}
	p.text("\x1b7")
	if b.saved.charset != 0 {
		p.text("\x1b(B")
	}
}
