// Package ring keeps the last bytes of a stream, each with its absolute offset.
package ring

const (
	// Kept is how much of a terminal's output is always there.
	Kept = 1 << 20
	// Limit is what a ring may hold: forgetting in pieces of the difference costs less than byte by byte.
	Limit = Kept + 128<<10
)

// A quiet terminal shall cost little: the buffer starts like this and doubles as output comes.
const firstSize = 16 << 10

// Ring holds the bytes from Start to End. Not safe for concurrent use.
type Ring struct {
	buffer []byte
	start  uint64
	end    uint64
	limit  int
}

// New makes a ring that holds at most limit bytes.
func New(limit int) *Ring {
	return &Ring{limit: limit}
}

// Start is the offset of the oldest byte kept.
func (r *Ring) Start() uint64 { return r.start }

// End is the offset of the next byte to come.
func (r *Ring) End() uint64 { return r.end }

// Len is how many bytes are held.
func (r *Ring) Len() int { return int(r.end - r.start) }

// Oldest returns up to n of the oldest bytes in one piece, valid until the next change.
func (r *Ring) Oldest(n int) []byte { return r.At(r.start, n) }

// Drop forgets the n oldest bytes.
func (r *Ring) Drop(n int) { r.start += uint64(n) }

// Append adds bytes for which there is room.
func (r *Ring) Append(p []byte) {
	r.grow(int(r.end-r.start) + len(p))
	for len(p) > 0 {
		n := copy(r.buffer[r.index(r.end):], p)
		r.end += uint64(n)
		p = p[n:]
	}
}

// At returns up to n bytes from offset on in one piece, fewer at the end or where the buffer wraps; valid until the
// next change. The offset must lie between Start and End.
func (r *Ring) At(offset uint64, n int) []byte {
	n = min(n, int(r.end-offset))
	if n == 0 {
		return nil
	}
	i := r.index(offset)
	return r.buffer[i:min(i+n, len(r.buffer))]
}

func (r *Ring) index(offset uint64) int {
	return int(offset % uint64(len(r.buffer)))
}

func (r *Ring) grow(need int) {
	if need <= len(r.buffer) {
		return
	}
	if need > r.limit {
		panic("ring: no room was made")
	}
	size := max(len(r.buffer), firstSize)
	for size < need {
		size *= 2
	}
	size = min(size, r.limit)
	larger := &Ring{buffer: make([]byte, size), start: r.start, end: r.start}
	for offset := r.start; offset < r.end; {
		piece := r.At(offset, r.limit)
		for rest := piece; len(rest) > 0; {
			n := copy(larger.buffer[larger.index(larger.end):], rest)
			larger.end += uint64(n)
			rest = rest[n:]
		}
		offset += uint64(len(piece))
	}
	r.buffer = larger.buffer
}
