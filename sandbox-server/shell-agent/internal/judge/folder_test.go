package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatAKilledAgentLeftIsGoneWithTheNextAndWhatALivingOneHasStays(t *testing.T) {
	parent := t.TempDir()
	left := filepath.Join(parent, "watch.123", "cache")
	others := filepath.Join(parent, "check.123")
	for _, path := range []string{left, others} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	first, err := makeFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	second, err := makeFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	for path, isExpected := range map[string]bool{filepath.Dir(left): false, others: true, first.path: true, second.path: true} {
		if _, err := os.Stat(path); (err == nil) != isExpected {
			t.Errorf("%s: %v", path, err)
		}
	}
	// As the kernel does for one that is killed.
	first.lock.Close()
	second.remove()
	third, err := makeFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	third.remove()
	if left, _ := filepath.Glob(filepath.Join(parent, "watch.*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestWhatACheckLeftRunningHoldsNoFolder(t *testing.T) {
	s := serve(t)
	s.watch(check("one", "setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!; exit 1"))
	var pid int
	if _, err := fmt.Sscan(s.result().Output, &pid); err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(pid, syscall.SIGKILL)
	open, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, file := range open {
		if target, _ := os.Readlink(file); filepath.Dir(target) == s.folder {
			t.Errorf("it has %s open", target)
		}
	}
}
