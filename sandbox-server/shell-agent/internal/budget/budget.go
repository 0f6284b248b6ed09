// Package budget is a token bucket: what somebody may use up at once, and in the long run.
package budget

import "time"

// Budget is for one goroutine.
type Budget struct {
	burst, perSecond, left float64
	countedAt              time.Time
	now                    func() time.Time
}

// New is full.
func New(burst, perSecond float64) *Budget { return NewAt(burst, perSecond, time.Now) }

// NewAt takes the time from elsewhere.
func NewAt(burst, perSecond float64, now func() time.Time) *Budget {
	return &Budget{burst, perSecond, burst, now(), now}
}

// Take uses up so much, also more than there is.
func (b *Budget) Take(amount float64) {
	b.count()
	b.left -= amount
}

// Wait is how long until there is something left.
func (b *Budget) Wait() time.Duration {
	b.count()
	if b.left > 0 {
		return 0
	}
	// Rounded up: a wait that is over must have been long enough.
	return time.Duration(-b.left/b.perSecond*float64(time.Second)) + time.Millisecond
}

func (b *Budget) count() {
	now := b.now()
	b.left = min(b.burst, b.left+now.Sub(b.countedAt).Seconds()*b.perSecond)
	b.countedAt = now
}
