// Package quietio reads and writes what never makes a system call wait.
//
// The Go runtime is told of a system call when it begins and when it ends, in case it takes long, and a thread of its own
// wakes up each time to look after that: at every key, in every agent of a room. Here calls are made untold; what is not
// ready is waited for in the runtime's poller, as always.
package quietio

import (
	"io"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// Stream is an open pipe, socket or terminal in non-blocking mode.
type Stream struct {
	file *os.File
	raw  syscall.RawConn
}

// Wrap takes the file over. The error says that it cannot be waited for, which is so of a file on a disk.
func Wrap(file *os.File) (*Stream, error) {
	if err := file.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &Stream{file, raw}, nil
}

// Read waits for at least one octet; io.EOF after the last.
func (s *Stream) Read(bytes []byte) (n int, err error) {
	if len(bytes) == 0 {
		return 0, nil
	}
	var errno syscall.Errno
	waited := s.raw.Read(func(fd uintptr) bool {
		n, errno = call(syscall.SYS_READ, fd, bytes)
		return errno != syscall.EAGAIN
	})
	switch {
	case waited != nil:
		return 0, waited
	case errno != 0:
		return 0, &os.PathError{Op: "read", Path: s.file.Name(), Err: errno}
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write writes all, as os.File's.
func (s *Stream) Write(bytes []byte) (written int, err error) {
	for written < len(bytes) {
		var n int
		var errno syscall.Errno
		waited := s.raw.Write(func(fd uintptr) bool {
			n, errno = call(syscall.SYS_WRITE, fd, bytes[written:])
			return errno != syscall.EAGAIN
		})
		if waited != nil {
			return written, waited
		}
		if errno != 0 {
			return written, &os.PathError{Op: "write", Path: s.file.Name(), Err: errno}
		}
		written += n
	}
	return written, nil
}

// TryWrite writes as much as is taken without waiting.
func (s *Stream) TryWrite(bytes []byte) (n int, err error) {
	if len(bytes) == 0 {
		return 0, nil
	}
	var errno syscall.Errno
	waited := s.raw.Write(func(fd uintptr) bool {
		n, errno = call(syscall.SYS_WRITE, fd, bytes)
		return true
	})
	switch {
	case waited != nil:
		return 0, waited
	case errno == syscall.EAGAIN:
		return 0, nil
	case errno != 0:
		return 0, &os.PathError{Op: "write", Path: s.file.Name(), Err: errno}
	}
	return n, nil
}

// Control calls the action with the descriptor, which stays open for so long.
func (s *Stream) Control(action func(fd uintptr)) error { return s.raw.Control(action) }

// SetWriteDeadline is as os.File's.
func (s *Stream) SetWriteDeadline(at time.Time) error { return s.file.SetWriteDeadline(at) }

// Close ends reads and writes that wait.
func (s *Stream) Close() error { return s.file.Close() }

// call makes a system call that returns at once; bytes is not empty.
func call(number, fd uintptr, bytes []byte) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall(number, fd, uintptr(unsafe.Pointer(unsafe.SliceData(bytes))), uintptr(len(bytes)))
		if errno != syscall.EINTR {
			return int(n), errno
		}
	}
}
