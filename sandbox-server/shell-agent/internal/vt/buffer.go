package vt

// Every eighth column has a tab stop until something else is set.
const tabWidth = 8

// buffer is the normal or the alternate screen.
type buffer struct {
	columns     int
	rows        []*row
	x, y        int
	top, bottom int
	saved       savedCursor
	tabs        map[int]bool
}

// savedCursor is what DECSC keeps.
type savedCursor struct {
	x, y    int
	fg, bg  uint32
	charset charset
}

func newBuffer(columns, rows int) *buffer {
	b := &buffer{columns: columns, bottom: rows - 1, tabs: map[int]bool{}}
	for range rows {
		b.rows = append(b.rows, newRow(columns, attribute{}.empty()))
	}
	b.addTabs(0)
	return b
}

func (b *buffer) clone() *buffer {
	c := *b
	c.rows = make([]*row, len(b.rows))
	for i, r := range b.rows {
		c.rows[i] = &row{cells: append([]cell(nil), r.cells...), isWrapped: r.isWrapped}
	}
	c.tabs = map[int]bool{}
	for x := range b.tabs {
		c.tabs[x] = true
	}
	return &c
}

func (b *buffer) row() *row { return b.rows[b.y] }

// scroll moves the lines between the margins up; the last one is new.
func (b *buffer) scroll(fill attribute, isWrapped bool) {
	fresh := b.rows[b.top]
	copy(b.rows[b.top:b.bottom], b.rows[b.top+1:b.bottom+1])
	fresh.fill(fill.empty())
	fresh.isWrapped = isWrapped
	b.rows[b.bottom] = fresh
}

// insertRows puts n new lines at a row, and drops as many at the lower margin.
func (b *buffer) insertRows(at, n int, fill attribute) {
	for range min(n, b.bottom-at+1) {
		copy(b.rows[at+1:b.bottom+1], b.rows[at:b.bottom])
		b.rows[at] = newRow(b.columns, fill.empty())
	}
}

// removeRows drops n lines at a row, and adds as many at the lower margin.
func (b *buffer) removeRows(at, n int, fill attribute) {
	for range min(n, b.bottom-at+1) {
		copy(b.rows[at:b.bottom], b.rows[at+1:b.bottom+1])
		b.rows[b.bottom] = newRow(b.columns, fill.empty())
	}
}

// resize keeps the cursor's line; programs draw the rest again.
func (b *buffer) resize(columns, rows int) {
	for len(b.rows) > rows {
		if len(b.rows) > b.y+1 {
			b.rows = b.rows[:len(b.rows)-1]
			continue
		}
		b.rows = b.rows[1:]
		b.y--
		b.saved.y = max(0, b.saved.y-1)
	}
	for len(b.rows) < rows {
		b.rows = append(b.rows, newRow(columns, attribute{}.empty()))
	}
	for _, r := range b.rows {
		r.resize(columns)
	}
	b.x, b.y = min(b.x, columns-1), min(b.y, rows-1)
	b.saved.x = min(b.saved.x, columns-1)
	b.top, b.bottom = 0, rows-1
	b.columns = columns
	if !b.tabs[columns] {
		b.addTabs(b.tabBefore(columns))
	}
}

func (b *buffer) addTabs(from int) {
	for x := from; x < b.columns; x += tabWidth {
		b.tabs[x] = true
	}
}

func (b *buffer) tabBefore(x int) int {
	for x--; x > 0 && !b.tabs[x]; x-- {
	}
	return max(0, min(x, b.columns-1))
}

func (b *buffer) tabAfter(x int) int {
	for x++; x < b.columns && !b.tabs[x]; x++ {
	}
	return min(x, b.columns-1)
}
