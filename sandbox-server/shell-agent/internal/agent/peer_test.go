package agent

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/reap"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

// One for the process: it collects every child.
var reaper = sync.OnceValue(reap.Start)

const patience = 10 * time.Second

// startAgent serves on a socket of its own until the test ends.
func startAgent(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, "agent.sock")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	environment := []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "SHELL=/bin/sh", "PS1=$ "}
	a := New(Options{Environment: environment}, reaper())
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := a.Serve(listener); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-served
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, terminal := range a.terminals {
			terminal.End()
		}
		for c := range a.connections {
			c.close()
		}
	})
	return path
}

// peer plays a server.
type peer struct {
	t      *testing.T
	input  *os.File
	output *os.File
	frames chan seen
	done   chan error
}

type seen struct {
	wire.Frame
	message map[string]any
}

func connect(t *testing.T, path, server string) *peer {
	t.Helper()
	p := connectSilently(t, path)
	p.say(0, map[string]any{"type": "hello", "versions": []int{1}, "server": server})
	p.message(0, "hello")
	return p
}

func connectSilently(t *testing.T, path string) *peer {
	t.Helper()
	theirInput, output, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	input, theirOutput, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, input: input, output: output, frames: make(chan seen, 1<<16), done: make(chan error, 1)}
	go func() {
		err := HandOver(path, theirInput, theirOutput)
		theirInput.Close()
		theirOutput.Close()
		p.done <- err
	}()
	go p.readAll()
	t.Cleanup(p.close)
	return p
}

func (p *peer) close() {
	p.output.Close()
	p.input.Close()
}

func (p *peer) readAll() {
	defer close(p.frames)
	reader := wire.NewReader(bufio.NewReader(p.input))
	for {
		frame, err := reader.Next()
		if err != nil {
			return
		}
		got := seen{Frame: frame}
		got.Body = append([]byte(nil), frame.Body...)
		if frame.Type == wire.Control {
			if err := json.Unmarshal(frame.Body, &got.message); err != nil {
				p.t.Error(err)
			}
		}
		p.frames <- got
	}
}

func (p *peer) say(channel uint32, message any) {
	p.send(wire.AppendControl(nil, channel, message))
}

func (p *peer) send(octets []byte) {
	p.t.Helper()
	if _, err := p.output.Write(octets); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) frame(channel uint32, kind byte, number uint64, body string) {
	p.t.Helper()
	p.send(wire.Append(nil, wire.Frame{Channel: channel, Type: kind, Number: number, Body: []byte(body)}))
}

func (p *peer) next() seen {
	p.t.Helper()
	select {
	case got, isOpen := <-p.frames:
		if !isOpen {
			p.t.Fatal("the connection has ended")
		}
		return got
	case <-time.After(patience):
		p.t.Fatal("nothing came")
	}
	return seen{}
}

// message skips to the next message of that type.
func (p *peer) message(channel uint32, kind string) map[string]any {
	p.t.Helper()
	for {
		if got := p.next(); got.Channel == channel && got.message["type"] == kind {
			return got.message
		}
	}
}

// open attaches as a writer or viewer and returns what the agent says of it.
func (p *peer) open(channel uint32, changes map[string]any) map[string]any {
	p.t.Helper()
	order := map[string]any{
		"type": "open", "terminal": "1", "client": "client-of-test", "device": "a test", "wish": "write",
		"columns": 80, "rows": 24, "isFresh": false,
	}
	for name, value := range changes {
		order[name] = value
	}
	p.say(channel, order)
	return p.message(channel, "opened")
}
