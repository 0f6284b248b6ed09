// Command shell-agent owns the terminals of a container, so that they outlive those who watch them.
//
//	shell-agent serve [--socket PATH] [--prepare SCRIPT]   process 1 of the container
//	shell-agent attach [--socket PATH]                     run by exec: speaks the agent's protocol on its streams
//	shell-agent ready [--socket PATH]                      ends with 0 when the agent answers
//	shell-agent check --certificates FILE --folder FOLDER   run by exec: asks checks again when something changes
//	shell-agent install FOLDER                             copies this program there
//	shell-agent hold                                       waits to be ended
//	shell-agent probe listen|open|blocked ADDRESS          ends with 0 when it is so, with 2 when it is otherwise
//	shell-agent probe users                                the same, of a pod having users of its own
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"podium.dev/sandbox-server/shell-agent/internal/agent"
	"podium.dev/sandbox-server/shell-agent/internal/judge"
	"podium.dev/sandbox-server/shell-agent/internal/probe"
	"podium.dev/sandbox-server/shell-agent/internal/reap"
)

const defaultSocket = "/run/podium-agent/agent.sock"

const usage = "usage: shell-agent serve|attach|ready [--socket PATH], shell-agent check --certificates FILE --folder FOLDER, shell-agent install FOLDER, shell-agent hold, shell-agent probe …"

// What a probe ends with that has found something amiss, and not merely failed.
const statusOtherwise = 2

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "shell-agent:", err)
		if errors.Is(err, probe.ErrOtherwise) {
			os.Exit(statusOtherwise)
		}
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	socket := flags.String("socket", defaultSocket, "where the agent listens")
	prepare := flags.String("prepare", "", "a script for /bin/sh that is run before each shell")
	certificates := flags.String("certificates", "", "a file with those of the API server")
	folder := flags.String("folder", "", "where checks have their homes")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch {
	case args[0] == "serve" && flags.NArg() == 0:
		return serve(*socket, *prepare)
	case args[0] == "attach" && flags.NArg() == 0:
		return agent.HandOver(*socket, os.Stdin, os.Stdout)
	case args[0] == "ready" && flags.NArg() == 0:
		return agent.Ask(*socket)
	case args[0] == "check" && flags.NArg() == 0:
		return check(*certificates, *folder)
	case args[0] == "install" && flags.NArg() == 1:
		return install(flags.Arg(0))
	case args[0] == "hold" && flags.NArg() == 0:
		<-endings()
		return nil
	case args[0] == "probe":
		return probe.Run(flags.Args())
	}
	return errors.New(usage)
}

func serve(path, preparation string) error {
	// The agent hands bytes from one file to the next: more threads would only wake each other at each key.
	runtime.GOMAXPROCS(1)
	prepare(preparation)
	ending := endings()
	// Of a start of the container before this one.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	// Only the learner's own programs may come near it, and those are of the same user.
	syscall.Umask(0o077)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return err
	}
	syscall.Umask(0o022)
	go func() {
		<-ending
		listener.Close()
	}()
	options := agent.Options{Preparation: preparation, Environment: os.Environ()}
	return agent.New(options, reap.Start()).Serve(listener)
}

func check(certificates, folder string) error {
	// It waits nearly always; more threads would only be memory beside the checks.
	runtime.GOMAXPROCS(1)
	options := judge.Options{Certificates: certificates, Folder: folder, Environment: os.Environ(), Pace: judge.UsualPace}
	return judge.Serve(os.Stdin, os.Stdout, options)
}

func endings() <-chan os.Signal {
	ending := make(chan os.Signal, 1)
	signal.Notify(ending, syscall.SIGTERM, syscall.SIGINT)
	return ending
}

// prepare runs the script before anybody is answered: who is not a terminal, such as a test, relies on it too.
func prepare(script string) {
	if script == "" {
		return
	}
	command := exec.Command("/bin/sh", "-c", script)
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		// A full home, or an image without a shell: a terminal can still be had.
		fmt.Fprintln(os.Stderr, "shell-agent: preparing the home:", err)
	}
}

// install copies this program, complete or not at all, for a pod that cannot mount its image.
func install(folder string) error {
	source, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer source.Close()
	target := filepath.Join(folder, "shell-agent")
	temporary, err := os.OpenFile(target+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	defer temporary.Close()
	if _, err := io.Copy(temporary, source); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), target)
}
