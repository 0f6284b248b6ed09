package judge

import (
	"testing"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/objects"
)

var (
	pods  = objects.Kind{Resource: "pods"}
	maps  = objects.Kind{Resource: "configmaps"}
	start = time.Unix(1000, 0)
)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

func only(needs ...objects.Kind) *schedule {
	s := newSchedule([]Check{{Name: "one", Needs: needs}}, UsualPace, start)
	s.plans[0].begins()
	s.ended(s.plans[0], 1, start)
	return s
}

func dueMs(p *plan) int {
	if p == nil {
		return -1
	}
	return int(p.due.Sub(start).Milliseconds())
}

func TestEachCheckIsAskedOnceAtFirst(t *testing.T) {
	s := newSchedule([]Check{{Name: "one"}, {Name: "two"}}, UsualPace, start)
	for range 2 {
		p := s.next()
		if dueMs(p) != 0 {
			t.Fatalf("the next is due after %d ms", dueMs(p))
		}
		p.begins()
		s.ended(p, 1, at(10))
	}
	if s.next() != nil {
		t.Fatal("something is asked again without a reason")
	}
}

func TestAChangeIsAReasonWhenItIsOverOrHasGoneOnForLong(t *testing.T) {
	s := only(pods)
	for _, row := range []struct{ change, due int }{{0, 300}, {200, 500}, {450, 750}, {1900, 2000}, {1999, 2000}} {
		s.changed(pods, at(row.change))
		if got := dueMs(s.next()); got != row.due {
			t.Fatalf("after the change at %d it is due at %d, not at %d", row.change, got, row.due)
		}
	}
}

func TestWhatACheckDoesNotLookAtIsNoReason(t *testing.T) {
	s := only(pods)
	s.changed(maps, start)
	if s.next() != nil {
		t.Fatal("it is asked again")
	}
}

func TestAChangeWhileItIsAskedIsAReasonToAskAgain(t *testing.T) {
	s := only(pods)
	s.changed(pods, start)
	p := s.next()
	p.begins()
	s.changed(pods, at(400))
	s.ended(p, 1, at(500))
	if got := dueMs(s.next()); got != 700 {
		t.Fatalf("it is due at %d", got)
	}
}

func TestWhatHasPassedIsNotAskedAgain(t *testing.T) {
	s := only(pods, objects.Kind{Resource: "pods/log"})
	s.changed(pods, start)
	p := s.next()
	p.begins()
	s.changed(pods, at(10))
	s.ended(p, 0, at(20))
	s.changed(pods, at(30))
	if s.next() != nil {
		t.Fatal("it is asked again")
	}
}

func TestLogsAreReadAgainNowAndThenAndSoonerAfterAChange(t *testing.T) {
	s := only(objects.Kind{Resource: "pods/log"})
	if got := dueMs(s.next()); got != 5000 {
		t.Fatalf("it is due at %d", got)
	}
	s.changed(pods, at(1000))
	if got := dueMs(s.next()); got != 1300 {
		t.Fatalf("after a change it is due at %d", got)
	}
}
