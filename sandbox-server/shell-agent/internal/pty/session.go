package pty

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// What is hung up gets this long to end by itself.
const hangUpGrace = time.Second

// How often to look whether it has.
const hangUpPoll = 50 * time.Millisecond

// EndSession hangs up everything of the session, as a closed window does, and after a second kills what is left of it.
// What has made a session of its own stays, as it would anywhere. Waits for that.
func EndSession(leader int) {
	for _, pid := range members(leader) {
		_ = unix.Kill(pid, unix.SIGHUP)
		// A stopped process hears of it when it goes on.
		_ = unix.Kill(pid, unix.SIGCONT)
	}
	for deadline := time.Now().Add(hangUpGrace); time.Now().Before(deadline); time.Sleep(hangUpPoll) {
		if len(members(leader)) == 0 {
			return
		}
	}
	for _, pid := range members(leader) {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

// members lists the processes of a session that have not ended.
func members(session int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return []int{session}
	}
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if state, of := sessionOf(pid); of == session && state != 'Z' && state != 'X' {
			found = append(found, pid)
		}
	}
	return found
}

// sessionOf reads /proc/<pid>/stat: pid (name) state parent group session …, where the name may hold anything.
func sessionOf(pid int) (state byte, session int) {
	stat, err := os.ReadFile(processFile(pid, "stat"))
	if err != nil {
		return 0, 0
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 4 {
		return 0, 0
	}
	session, _ = strconv.Atoi(string(fields[3]))
	return fields[0][0], session
}

func processFile(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}
