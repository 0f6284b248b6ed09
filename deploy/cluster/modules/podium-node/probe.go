package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"time"
)

// What `dial` found; the supervisor reads it from the pod's termination message.
const (
	outcomeOpen    = "open"
	outcomeBlocked = "blocked"
)

// serve accepts connections and greets each, so that `dial` can tell a real answer from a half-open door.
func serve(args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	listen := flags.String("listen", ":8080", "address")
	if err := flags.Parse(args); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		fmt.Fprint(connection, "hello")
		connection.Close()
	}
}

// dial tries an address and reports `open` or `blocked`. With --until=open it goes on until that is so, or until the deadline.
func dial(args []string) error {
	flags := flag.NewFlagSet("dial", flag.ContinueOnError)
	address := flags.String("address", "", "address")
	until := flags.String("until", "", "go on until this is the outcome")
	attempt := flags.Duration("attempt", time.Second, "how long one attempt may take")
	deadline := flags.Duration("deadline", 20*time.Second, "when to stop trying")
	report := flags.String("report", "/dev/termination-log", "file for the outcome")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *address == "" {
		return errors.New("--address is missing")
	}
	stop := time.Now().Add(*deadline)
	outcome := try(*address, *attempt)
	for *until != "" && outcome != *until && time.Now().Before(stop) {
		time.Sleep(100 * time.Millisecond)
		outcome = try(*address, *attempt)
	}
	return os.WriteFile(*report, []byte(outcome), 0o644)
}

func try(address string, limit time.Duration) string {
	connection, err := net.DialTimeout("tcp", address, limit)
	if err != nil {
		return outcomeBlocked
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(limit))
	greeting := make([]byte, 5)
	if n, _ := connection.Read(greeting); n == 0 {
		return outcomeBlocked
	}
	return outcomeOpen
}
