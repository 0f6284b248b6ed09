package probe

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const soon = 50 * time.Millisecond

func TestAnOpenDoorIsTold(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().String()
	if err := Open(address, soon); err != nil {
		t.Fatalf("an open door was not found: %v", err)
	}
	if err := Blocked(address, soon, soon); !errors.Is(err, ErrOtherwise) {
		t.Fatalf("an open door was taken for a closed one: %v", err)
	}
}

func TestAClosedDoorIsTold(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	if err := Blocked(address, soon, soon); err != nil {
		t.Fatalf("a closed door was not found: %v", err)
	}
	if err := Open(address, soon); !errors.Is(err, ErrOtherwise) {
		t.Fatalf("a closed door was taken for an open one: %v", err)
	}
}

// On a busy node an attempt comes to nothing now and then.
func TestADoorThatSticksIsTakenForAnOpenOne(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	time.AfterFunc(2*pause, func() {
		if reopened, err := net.Listen("tcp", address); err == nil {
			t.Cleanup(func() { reopened.Close() })
		}
	})
	if err := Blocked(address, 4*pause, 10*pause); !errors.Is(err, ErrOtherwise) {
		t.Fatalf("a door that only stuck was taken for a closed one: %v", err)
	}
}

func TestUsersOfTheNodeAreTold(t *testing.T) {
	for mapping, isOwn := range map[string]bool{
		"         0          0 4294967295\n": false,
		"         0     131072      65536\n": true,
	} {
		file := filepath.Join(t.TempDir(), "uid_map")
		if err := os.WriteFile(file, []byte(mapping), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := ownUsers(file); errors.Is(err, ErrOtherwise) == isOwn {
			t.Errorf("%q: %v", mapping, err)
		}
	}
}
