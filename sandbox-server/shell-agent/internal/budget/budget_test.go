package budget

import (
	"testing"
	"time"
)

func TestWhatIsUsedUpComesBackInTime(t *testing.T) {
	now := time.Unix(0, 0)
	b := NewAt(3, 0.5, func() time.Time { return now })
	b.Take(2)
	if wait := b.Wait(); wait != 0 {
		t.Fatalf("there is something left, and the wait is %v", wait)
	}
	b.Take(4)
	if wait := b.Wait(); wait < 6*time.Second || wait > 6*time.Second+2*time.Millisecond {
		t.Fatalf("three too many at half a one a second are %v", wait)
	}
	now = now.Add(b.Wait())
	if wait := b.Wait(); wait != 0 {
		t.Fatalf("after the wait there is another one of %v", wait)
	}
	now = now.Add(time.Hour)
	b.Take(3)
	if wait := b.Wait(); wait == 0 {
		t.Fatal("more was left than there may be")
	}
}
