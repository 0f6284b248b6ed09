// Package probe is what a server finds out about its cluster from within pods of its own, before any learner has one:
// which connections get through, and whether the users of a pod are users of the node.
package probe

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

const (
	// A network that is slow to let a new pod through is none that a room would want.
	openLimit = 20 * time.Second
	// Some networks apply a policy a moment after a pod has begun.
	blockedLimit = 10 * time.Second
	// One attempt fails on a busy node too; a network that lets through what it should not does so again and again.
	blockedFor = 5 * time.Second
	// What is let through is answered within a millisecond.
	attemptLimit = time.Second
	pause        = 100 * time.Millisecond
)

// ErrOtherwise says that the cluster was asked, and that it is not as it should be.
var ErrOtherwise = errors.New("it is otherwise")

// Run does what args say: listen, open, blocked, each with an address, or users.
func Run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "listen":
		return listen(args[1])
	case len(args) == 2 && args[0] == "open":
		return Open(args[1], openLimit)
	case len(args) == 2 && args[0] == "blocked":
		return Blocked(args[1], blockedLimit, blockedFor)
	case len(args) == 1 && args[0] == "users":
		return ownUsers("/proc/self/uid_map")
	}
	return errors.New("usage: shell-agent probe listen|open|blocked ADDRESS, shell-agent probe users")
}

func listen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		connection.Close()
	}
}

// Open waits until a connection gets through.
func Open(address string, limit time.Duration) error {
	for deadline := time.Now().Add(limit); ; time.Sleep(pause) {
		err := attempt(address)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: %w", ErrOtherwise, err)
		}
	}
}

// Blocked waits until no connection has got through for a while, whether nobody answers or somebody refuses.
func Blocked(address string, limit, steady time.Duration) error {
	begun := time.Now()
	for lastThrough := begun; ; time.Sleep(pause) {
		if attempt(address) != nil {
			if time.Since(lastThrough) >= steady {
				return nil
			}
			continue
		}
		lastThrough = time.Now()
		if lastThrough.Sub(begun) > limit {
			return fmt.Errorf("%w: the connection gets through", ErrOtherwise)
		}
	}
}

func attempt(address string) error {
	connection, err := net.DialTimeout("tcp", address, attemptLimit)
	if err != nil {
		return err
	}
	return connection.Close()
}

// ownUsers tells whether the users here are another's outside: a namespace of its own maps fewer than all of them.
func ownUsers(file string) error {
	mapping, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if strings.Join(strings.Fields(string(mapping)), " ") == "0 0 4294967295" {
		return fmt.Errorf("%w: users here are the node's", ErrOtherwise)
	}
	return nil
}
