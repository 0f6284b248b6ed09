// Package reap collects ended children: those that were started here, and, for a process 1, everybody else's.
package reap

import (
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"
)

// Reaper waits for all children of this process. There must be one only.
type Reaper struct {
	mu      sync.Mutex
	waiting map[int]func(status int)
}

// Start makes this process adopt the orphans below it and begins to reap.
func Start() *Reaper {
	r := &Reaper{waiting: map[int]func(int){}}
	// Process 1 has them anyway; elsewhere orphans would go to somebody else's.
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	go func() {
		for range children {
			r.collect()
		}
	}()
	return r
}

// Watch runs start, which returns the id of a new child, and calls onEnd once when that child has ended.
func (r *Reaper) Watch(start func() (int, error), onEnd func(status int)) (int, error) {
	// Held over the start, so that a child that ends at once is known when it is collected.
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := start()
	if err == nil {
		r.waiting[pid] = onEnd
	}
	return pid, err
}

func (r *Reaper) collect() {
	for {
		var status unix.WaitStatus
		r.mu.Lock()
		pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
		onEnd := r.waiting[pid]
		delete(r.waiting, pid)
		r.mu.Unlock()
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if onEnd != nil {
			onEnd(exitStatus(status))
		}
	}
}

// signalStatus is what shells add to the number of the signal that ended a process.
const signalStatus = 128

func exitStatus(status unix.WaitStatus) int {
	if status.Signaled() {
		return signalStatus + int(status.Signal())
	}
	return status.ExitStatus()
}
