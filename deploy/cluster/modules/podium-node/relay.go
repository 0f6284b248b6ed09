package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A dial goes to an address on this machine: it is answered or refused at once.
const dialTimeout = 5 * time.Second

// relay listens in the namespace it was started in and carries each connection to an address in another network namespace.
// Both ends are TCP with no delay (Go's default), copied by splice(2): a key is not held back, and a slow reader slows the writer.
func relay(args []string) error {
	flags := flag.NewFlagSet("relay", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address on the host")
	target := flags.String("dial", "", "address inside the namespace")
	namespace := flags.String("namespace", "", "path of the network namespace")
	portFile := flags.String("port-file", "", "where to write the port that was taken")
	if err := flags.Parse(args); err != nil {
		return err
	}
	inside, err := os.Open(*namespace)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp4", *listen)
	if err != nil {
		return err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := writeAtomically(*portFile, strconv.Itoa(port)); err != nil {
		return err
	}
	for {
		outer, err := listener.Accept()
		if err != nil {
			return err
		}
		go carry(outer.(*net.TCPConn), inside, *target)
	}
}

func carry(outer *net.TCPConn, namespace *os.File, target string) {
	defer outer.Close()
	inner, err := dialInside(namespace, target)
	if err != nil {
		log.Printf("no connection to %s: %v", target, err)
		return
	}
	defer inner.Close()
	done := make(chan struct{})
	go func() {
		pass(inner, outer)
		close(done)
	}()
	pass(outer, inner)
	<-done
}

// pass copies until the source ends and hands that end on, so that a half-closed connection stays half open.
func pass(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		from.Close()
		return
	}
	to.CloseWrite()
}

// dialInside makes the socket on a thread of its own that has entered the namespace; a socket stays where it was made.
// The thread is not unlocked, so it ends with its goroutine and never serves another namespace.
func dialInside(namespace *os.File, target string) (*net.TCPConn, error) {
	type result struct {
		connection net.Conn
		err        error
	}
	results := make(chan result, 1)
	go func() {
		runtime.LockOSThread()
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			results <- result{err: fmt.Errorf("entering the namespace: %w", err)}
			return
		}
		connection, err := net.DialTimeout("tcp4", target, dialTimeout)
		results <- result{connection, err}
	}()
	answer := <-results
	if answer.err != nil {
		return nil, answer.err
	}
	connection, isTCP := answer.connection.(*net.TCPConn)
	if !isTCP {
		return nil, errors.New("not a TCP connection")
	}
	return connection, nil
}

func writeAtomically(file, text string) error {
	if file == "" {
		return nil
	}
	temporary := filepath.Join(filepath.Dir(file), "."+filepath.Base(file))
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}
