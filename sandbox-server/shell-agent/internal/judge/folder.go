package judge

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const folderPrefix = "watch."

// folder is of one agent alone, and gone with it: by its own hand, or, should it be killed, by that of the next one.
type folder struct {
	path string
	// Locked for as long as the agent lives; what it starts does not inherit it. A number of a process would tell less: they
	// begin anew with the container, and the folders stay.
	lock *os.File
}

func makeFolder(parent string) (*folder, error) {
	made, err := tryMakeFolder(parent)
	if err != nil {
		return nil, fmt.Errorf("there is no room for checks: %w", err)
	}
	return made, nil
}

func tryMakeFolder(parent string) (*folder, error) {
	// Agents of several servers may begin at once; none is to take another's folder for one without an owner.
	turn, err := openLocked(parent, 0)
	if err != nil {
		return nil, err
	}
	defer turn.Close()
	removeAbandoned(parent)
	path, err := os.MkdirTemp(parent, folderPrefix)
	if err != nil {
		return nil, err
	}
	lock, err := openLocked(path, syscall.LOCK_NB)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	return &folder{path, lock}, nil
}

// remove leaves nothing of it.
func (f *folder) remove() {
	os.RemoveAll(f.path)
	f.lock.Close()
}

// removeAbandoned takes away what agents have left that were killed: the room is small, and clicks on Check need it too.
func removeAbandoned(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, folderPrefix+"*"))
	for _, path := range left {
		lock, err := openLocked(path, syscall.LOCK_NB)
		if err != nil {
			continue
		}
		os.RemoveAll(path)
		lock.Close()
	}
}

func openLocked(path string, flags int) (*os.File, error) {
	opened, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := flock(opened, syscall.LOCK_EX|flags); err != nil {
		opened.Close()
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	return opened, nil
}

func flock(opened *os.File, how int) error {
	for {
		if err := syscall.Flock(int(opened.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
