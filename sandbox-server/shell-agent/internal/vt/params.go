package vt

const (
	// As many as xterm.js takes; the rest of a longer list is ignored.
	maxParams    = 32
	maxSubParams = 32
	maxValue     = 1<<31 - 1
)

// params of a sequence; a missing one is 0, a missing sub parameter -1.
type params struct {
	values   [maxParams]int32
	length   int
	sub      [maxSubParams]int32
	subCount int
	// Where the sub parameters of each begin and end.
	subFrom, subTo [maxParams]uint8
	rejects        bool
	rejectsSub     bool
	isSub          bool
}

func (p *params) reset() {
	p.length, p.subCount = 0, 0
	p.rejects, p.rejectsSub, p.isSub = false, false, false
	p.add()
}

func (p *params) add() {
	p.isSub = false
	if p.length >= maxParams {
		p.rejects = true
		return
	}
	p.values[p.length] = 0
	p.subFrom[p.length], p.subTo[p.length] = uint8(p.subCount), uint8(p.subCount)
	p.length++
}

func (p *params) addSub() {
	p.isSub = true
	if p.rejects || p.subCount >= maxSubParams {
		p.rejectsSub = true
		return
	}
	p.sub[p.subCount] = -1
	p.subCount++
	p.subTo[p.length-1]++
}

func (p *params) put(code byte) {
	switch code {
	case ';':
		p.add()
	case ':':
		p.addSub()
	default:
		p.addDigit(int64(code - '0'))
	}
}

func (p *params) addDigit(digit int64) {
	if p.rejects || p.isSub && (p.rejectsSub || p.subCount == 0) {
		return
	}
	value := &p.values[p.length-1]
	if p.isSub {
		value = &p.sub[p.subCount-1]
	}
	if *value == -1 {
		*value = int32(digit)
		return
	}
	*value = int32(min(int64(*value)*10+digit, maxValue))
}

func (p *params) at(i int) int {
	if i < p.length {
		return int(p.values[i])
	}
	return 0
}

// count is a parameter whose default is 1.
func (p *params) count(i int) int {
	return max(1, p.at(i))
}

// subs are the sub parameters of one, none where it has none.
func (p *params) subs(i int) []int32 {
	return p.sub[p.subFrom[i]:p.subTo[i]]
}
