package judge

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/budget"
	"podium.dev/sandbox-server/shell-agent/internal/objects"
)

// Options are where checks run, and how.
type Options struct {
	// With the certificates of the API server, for this program and for checks.
	Certificates string
	// Writable by checks alone.
	Folder      string
	Environment []string
	Pace        Pace
}

const (
	// Lists of what there is take some milliseconds; without them a check is asked all the same.
	beginLimit = 2 * time.Second

	// Processor seconds that checks may use up at once, and in the long run: who changes things without end, or a check
	// that takes long, is asked more seldom. An honest learner's use is a third of that.
	burstSeconds      = 3
	secondsEachSecond = 0.01
)

// Serve does what the lines of input order until it ends, and writes a line for each run. The error says what is wrong
// with the input, or that nobody takes the output.
func Serve(input io.Reader, output io.Writer, options Options) error {
	client, err := objects.NewClient(options.Certificates)
	if err != nil {
		return err
	}
	defer client.Close()
	folder, err := makeFolder(options.Folder)
	if err != nil {
		return err
	}
	defer folder.remove()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &server{
		ctx:     ctx,
		client:  client,
		runner:  &runner{folder.path, options.Certificates, options.Environment},
		output:  json.NewEncoder(output),
		pace:    options.Pace,
		budget:  budget.New(burstSeconds, secondsEachSecond),
		news:    make(chan news),
		ended:   make(chan run),
		timer:   time.NewTimer(0),
		endList: func() {},
	}
	orders := make(chan order)
	var inputError error
	go readOrders(input, orders, &inputError)
	err = s.loop(orders)
	cancel()
	s.awaitRun()
	if err == nil {
		err = inputError
	}
	return err
}

// news is what a watch has to say of its kind.
type news struct {
	list *schedule
	kind objects.Kind
	what newsKind
	err  error
}

type newsKind int

const (
	hasBegun newsKind = iota
	hasChanged
	hasFault
)

type server struct {
	ctx    context.Context
	client *objects.Client
	access objects.Access
	runner *runner
	output *json.Encoder
	pace   Pace
	budget *budget.Budget
	news   chan news
	ended  chan run
	timer  *time.Timer

	// What is watched now; nil before the first order.
	list *schedule
	// Of which so many kinds have not begun to be watched, and since when it is waited for.
	beginning int
	listedAt  time.Time
	endList   context.CancelFunc
	told      map[string]bool
	running   *plan
	runList   *schedule
	endRun    context.CancelFunc
}

func (s *server) loop(orders <-chan order) error {
	for {
		var err error
		select {
		case next, isOpen := <-orders:
			if !isOpen {
				return nil
			}
			s.obey(next)
		case heard := <-s.news:
			err = s.hear(heard)
		case finished := <-s.ended:
			err = s.onEnded(finished)
		case <-s.timer.C:
		}
		if err != nil {
			return err
		}
		s.begin()
	}
}

func (s *server) obey(next order) {
	if next.Access != nil {
		s.access = *next.Access
		s.client.SetAccess(s.access)
	}
	if next.Checks == nil {
		return
	}
	s.endList()
	if s.running != nil {
		s.endRun()
	}
	s.listedAt = time.Now()
	s.list = newSchedule(*next.Checks, s.pace, s.listedAt)
	s.told = map[string]bool{}
	ctx, cancel := context.WithCancel(s.ctx)
	s.endList = cancel
	s.watch(ctx, s.list)
}

func (s *server) watch(ctx context.Context, list *schedule) {
	kinds := map[objects.Kind]bool{}
	for _, p := range list.plans {
		for _, kind := range p.kinds {
			kinds[kind] = true
		}
	}
	s.beginning = len(kinds)
	for kind := range kinds {
		tell := func(what newsKind, err error) {
			select {
			case s.news <- news{list, kind, what, err}:
			case <-ctx.Done():
			}
		}
		go s.client.Watch(ctx, kind, objects.Listener{
			Begun:   func() { tell(hasBegun, nil) },
			Changed: func() { tell(hasChanged, nil) },
			Fault:   func(err error) { tell(hasFault, err) },
		})
	}
}

func (s *server) hear(heard news) error {
	if heard.list != s.list {
		return nil
	}
	switch heard.what {
	case hasBegun:
		s.beginning--
	case hasChanged:
		s.list.changed(heard.kind, time.Now())
	case hasFault:
		if said := heard.err.Error(); !s.told[said] {
			s.told[said] = true
			return s.output.Encode(fault{said})
		}
	}
	return nil
}

// begin runs the next check when it is time, or sets the timer for then.
func (s *server) begin() {
	s.timer.Stop()
	if s.list == nil || s.running != nil {
		return
	}
	next := s.list.next()
	if next == nil {
		return
	}
	due := next.due
	if start := s.listedAt.Add(beginLimit); s.beginning > 0 && due.Before(start) {
		due = start
	}
	if wait := max(time.Until(due), s.budget.Wait()); wait > 0 {
		s.timer.Reset(wait)
		return
	}
	next.begins()
	ctx, cancel := context.WithCancel(s.ctx)
	s.running, s.runList, s.endRun = next, s.list, cancel
	go func(check Check, access objects.Access) {
		defer cancel()
		s.ended <- s.runner.run(ctx, check, access)
	}(next.check, s.access)
}

func (s *server) onEnded(finished run) error {
	ran := s.running
	s.running = nil
	s.budget.Take(finished.cost.Seconds())
	if s.runList != s.list {
		// It was asked for by a list that is not watched any more, and cut short.
		return nil
	}
	s.list.ended(ran, finished.result.ExitCode, time.Now())
	return s.output.Encode(finished.result)
}

// awaitRun is for the end: no check outlives the agent.
func (s *server) awaitRun() {
	if s.running != nil {
		<-s.ended
	}
}
