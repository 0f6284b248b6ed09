// Package pty opens pseudo terminals, starts programs on them and knows what runs there.
package pty

import (
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"podium.dev/sandbox-server/shell-agent/internal/quietio"
)

// Size of a terminal in cells.
type Size struct{ Columns, Rows int }

// Pty is the side of a pseudo terminal that the agent holds.
type Pty struct{ master *quietio.Stream }

// Command is a program with all that it is started with.
type Command struct {
	Argv []string
	Env  []string
	Dir  string
}

// Start runs the command as the leader of a new session on a new pseudo terminal.
func Start(command Command, size Size) (*Pty, int, error) {
	p, slave, err := open(size)
	if err != nil {
		return nil, 0, err
	}
	defer slave.Close()
	fd := slave.Fd()
	pid, err := syscall.ForkExec(command.Argv[0], command.Argv, &syscall.ProcAttr{
		Dir:   command.Dir,
		Env:   command.Env,
		Files: []uintptr{fd, fd, fd},
		Sys:   &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0},
	})
	if err != nil {
		p.Close()
		return nil, 0, err
	}
	return p, pid, nil
}

func open(size Size) (*Pty, *os.File, error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, &os.PathError{Op: "open", Path: "/dev/ptmx", Err: err}
	}
	master := os.NewFile(uintptr(fd), "/dev/ptmx")
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		master.Close()
		return nil, nil, os.NewSyscallError("TIOCSPTLCK", err)
	}
	// By the master itself, so that it is found whatever is mounted on /dev/pts.
	slave, err := openPeer(fd)
	if err != nil {
		master.Close()
		return nil, nil, os.NewSyscallError("TIOCGPTPEER", err)
	}
	stream, err := quietio.Wrap(master)
	if err != nil {
		master.Close()
		return nil, nil, err
	}
	p := &Pty{stream}
	return p, os.NewFile(uintptr(slave), "terminal"), p.Resize(size)
}

func openPeer(master int) (int, error) {
	const flags = unix.O_RDWR | unix.O_NOCTTY | unix.O_CLOEXEC
	peer, _, failure := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, flags)
	if failure != 0 {
		return 0, failure
	}
	return int(peer), nil
}

// Read waits for output. The error after the last of it is not nil.
func (p *Pty) Read(buffer []byte) (int, error) { return p.master.Read(buffer) }

// Write waits until the program's side has taken all.
func (p *Pty) Write(bytes []byte) (int, error) { return p.master.Write(bytes) }

// TryWrite writes as much as is taken without waiting.
func (p *Pty) TryWrite(bytes []byte) (n int, err error) { return p.master.TryWrite(bytes) }

// Resize tells the kernel, which tells the program.
func (p *Pty) Resize(size Size) error {
	return p.control(func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(size.Rows), Col: uint16(size.Columns)})
	})
}

// Foreground is the process group that the terminal's keys go to, 0 where there is none.
func (p *Pty) Foreground() int {
	group := 0
	_ = p.control(func(fd int) (err error) {
		group, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err
	})
	return group
}

// Close ends reads and writes that wait, and hangs up.
func (p *Pty) Close() { _ = p.master.Close() }

func (p *Pty) control(action func(fd int) error) error {
	var err error
	if failure := p.master.Control(func(fd uintptr) { err = action(int(fd)) }); failure != nil {
		return failure
	}
	return err
}

// ProgramName is what the kernel calls a process, or "" when it is gone.
func ProgramName(pid int) string {
	name, err := os.ReadFile(processFile(pid, "comm"))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(strings.TrimSuffix(string(name), "\n"), "?")
}
