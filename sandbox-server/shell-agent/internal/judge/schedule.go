package judge

import (
	"slices"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/objects"
)

// Pace is how soon a change is a reason to ask.
type Pace struct {
	// One command changes several objects, and each of them several times; it is asked when that is over.
	Quiet time.Duration
	// Or when it has gone on for so long.
	Longest time.Duration
	// How often a check is asked that reads logs.
	Logs time.Duration
}

// UsualPace has a learner see within a second or two that something is done.
var UsualPace = Pace{Quiet: 300 * time.Millisecond, Longest: 2 * time.Second, Logs: 5 * time.Second}

// schedule says which check is to be asked when.
type schedule struct {
	pace  Pace
	plans []*plan
}

type plan struct {
	check     Check
	kinds     []objects.Kind
	hasPassed bool
	// When it is to be asked; zero when there is no reason to.
	due time.Time
	// When the first of the changes came for which it is to be asked; zero when there is none.
	changedAt time.Time
}

// newSchedule has everything asked once.
func newSchedule(checks []Check, pace Pace, now time.Time) *schedule {
	s := &schedule{pace: pace}
	for _, check := range checks {
		s.plans = append(s.plans, &plan{check: check, kinds: check.kinds(), due: now})
	}
	return s
}

func (s *schedule) changed(kind objects.Kind, now time.Time) {
	for _, p := range s.plans {
		if p.hasPassed || !slices.Contains(p.kinds, kind) {
			continue
		}
		if p.changedAt.IsZero() {
			if !p.due.IsZero() && !p.due.After(now.Add(s.pace.Quiet)) {
				// It is about to be asked for another reason, and will see this change.
				continue
			}
			p.changedAt = now
		}
		p.due = earlier(now.Add(s.pace.Quiet), p.changedAt.Add(s.pace.Longest))
	}
}

// next is the check that has been due for longest, or that will be first; nil when there is no reason to ask any.
func (s *schedule) next() *plan {
	var first *plan
	for _, p := range s.plans {
		if !p.due.IsZero() && (first == nil || p.due.Before(first.due)) {
			first = p
		}
	}
	return first
}

// begins takes the reason away: what changes from now on is another one.
func (p *plan) begins() { p.due, p.changedAt = time.Time{}, time.Time{} }

func (s *schedule) ended(p *plan, exitCode int, now time.Time) {
	if exitCode == 0 {
		p.hasPassed = true
		p.begins()
		return
	}
	if p.due.IsZero() && p.check.readsLogs() {
		p.due = now.Add(s.pace.Logs)
	}
}

func earlier(one, other time.Time) time.Time {
	if one.Before(other) {
		return one
	}
	return other
}
