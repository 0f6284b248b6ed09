package vt

// Bits of an attribute's foreground and background, as in xterm.js (common/buffer/Constants.ts).
const (
	rgbMask     = 0xffffff
	colourMask  = 0x3ffffff
	modeMask    = 0x3000000
	mode16      = 0x1000000
	mode256     = 0x2000000
	modeRGB     = 0x3000000
	paletteMask = 0xff

	inverse       = 0x4000000
	bold          = 0x8000000
	underline     = 0x10000000
	blink         = 0x20000000
	invisible     = 0x40000000
	strikethrough = 0x80000000

	italic      = 0x4000000
	dim         = 0x8000000
	hasExtended = 0x10000000
	protected   = 0x20000000
	overline    = 0x40000000
)

// extended is what few cells have. It is never changed once a cell or attribute points to it.
type extended struct {
	underlineStyle  uint8
	underlineColour uint32
	link            *link
}

// link is where an OSC 8 leads to.
type link struct {
	params, uri string
}

func (e *extended) isEmpty() bool {
	return e == nil || e.underlineStyle == 0 && e.link == nil
}

// attribute is how a character looks.
type attribute struct {
	fg, bg   uint32
	extended *extended
}

// change gives the attribute extended values of its own.
func (a *attribute) change(set func(*extended)) {
	var values extended
	if a.extended != nil {
		values = *a.extended
	}
	set(&values)
	a.extended = &values
}

func (a *attribute) updateExtended() {
	if a.extended.isEmpty() {
		a.bg &^= hasExtended
	} else {
		a.bg |= hasExtended
	}
}

// erased is what cells get where something is erased: the background's colour alone.
func (a attribute) erased() attribute {
	return attribute{bg: a.bg & colourMask}
}

// cell is one place of the screen. Without a character it is empty; the second half of a wide one has no width.
type cell struct {
	char  rune
	width uint8
	attribute
	// Characters that combine with this one.
	marks string
}

func (a attribute) cell(char rune, width uint8) cell {
	c := cell{char: char, width: width, attribute: a}
	if c.bg&hasExtended == 0 {
		c.extended = nil
	}
	return c
}

func (a attribute) empty() cell { return a.cell(0, 1) }

func (c *cell) isEmpty() bool { return c.char == 0 }

// Marks on one character; more is no text.
const maxMarks = 64

func (c *cell) addMark(code rune) {
	if c.char == 0 {
		c.char, c.width = code, 1
		return
	}
	if len(c.marks) < maxMarks {
		c.marks += string(code)
	}
}

// row is a line of the screen.
type row struct {
	cells []cell
	// Goes on from the row above.
	isWrapped bool
}

func newRow(columns int, fill cell) *row {
	r := &row{cells: make([]cell, columns)}
	r.fill(fill)
	return r
}

func (r *row) fill(c cell) {
	// By doubling: most output is short lines, and each scrolls a whole row away.
	r.cells[0] = c
	for n := 1; n < len(r.cells); n *= 2 {
		copy(r.cells[n:], r.cells[:n])
	}
}

func (r *row) widthAt(x int) uint8 { return r.cells[x].width }

// insert moves cells to the right; those beyond the end are lost.
func (r *row) insert(x, n int, fill cell) {
	x %= len(r.cells)
	if x > 0 && r.cells[x-1].width == 2 {
		r.clear(x-1, fill)
	}
	n = min(n, len(r.cells)-x)
	copy(r.cells[x+n:], r.cells[x:])
	for i := x; i < x+n; i++ {
		r.cells[i] = fill
	}
	if last := len(r.cells) - 1; r.cells[last].width == 2 {
		r.clear(last, fill)
	}
}

// remove moves cells from the right.
func (r *row) remove(x, n int, fill cell) {
	x %= len(r.cells)
	n = min(n, len(r.cells)-x)
	copy(r.cells[x:], r.cells[x+n:])
	for i := len(r.cells) - n; i < len(r.cells); i++ {
		r.cells[i] = fill
	}
	if x > 0 && r.cells[x-1].width == 2 {
		r.clear(x-1, fill)
	}
	if r.cells[x].width == 0 && r.cells[x].isEmpty() {
		r.clear(x, fill)
	}
}

// replace fills from start to before end; halves of wide characters at the edges go too. What is protected stays
// when that is asked for.
func (r *row) replace(start, end int, fill cell, sparesProtected bool) {
	isFree := func(x int) bool { return !sparesProtected || r.cells[x].bg&protected == 0 }
	if start > 0 && r.cells[start-1].width == 2 && isFree(start-1) {
		r.clear(start-1, fill)
	}
	if end > 0 && end < len(r.cells) && r.cells[end-1].width == 2 && isFree(end) {
		r.clear(end, fill)
	}
	for x := start; x < min(end, len(r.cells)); x++ {
		if isFree(x) {
			r.cells[x] = fill
		}
	}
}

func (r *row) clear(x int, fill cell) {
	fill.char, fill.width, fill.marks = 0, 1, ""
	r.cells[x] = fill
}

func (r *row) resize(columns int) {
	if columns <= len(r.cells) {
		r.cells = r.cells[:columns:columns]
		return
	}
	for len(r.cells) < columns {
		r.cells = append(r.cells, attribute{}.empty())
	}
}
