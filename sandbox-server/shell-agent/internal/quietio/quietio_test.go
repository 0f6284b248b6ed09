package quietio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func pipe(t *testing.T) (reader, writer *Stream) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []*os.File{r, w} {
		if err := syscall.SetNonblock(int(file.Fd()), true); err != nil {
			t.Fatal(err)
		}
	}
	return wrap(t, r), wrap(t, w)
}

func wrap(t *testing.T, file *os.File) *Stream {
	t.Helper()
	s, err := Wrap(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestAllThatIsWrittenIsReadThoughAPipeHoldsLess(t *testing.T) {
	reader, writer := pipe(t)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	go func() {
		if n, err := writer.Write(sent); n != len(sent) || err != nil {
			t.Errorf("%d of %d were written: %v", n, len(sent), err)
		}
		writer.Close()
	}()
	got, err := io.ReadAll(reader)
	if err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("%d of %d came: %v", len(got), len(sent), err)
	}
}

func TestTryWriteDoesNotWait(t *testing.T) {
	_, writer := pipe(t)
	sent := make([]byte, 1<<20)
	n, err := writer.TryWrite(sent)
	if n == 0 || n == len(sent) || err != nil {
		t.Fatalf("%d were taken: %v", n, err)
	}
	if n, err := writer.TryWrite(sent); n != 0 || err != nil {
		t.Fatalf("%d were taken of a full pipe: %v", n, err)
	}
}

func TestCloseEndsAReadThatWaits(t *testing.T) {
	reader, _ := pipe(t)
	time.AfterFunc(20*time.Millisecond, func() { reader.Close() })
	if n, err := reader.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Fatalf("the read ended with %d octets and %v", n, err)
	}
}

func TestDeadlineEndsAWriteThatWaits(t *testing.T) {
	_, writer := pipe(t)
	if err := writer.SetWriteDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(make([]byte, 1<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the write ended with %v", err)
	}
}

func TestReaderThatHasGoneIsSaid(t *testing.T) {
	reader, writer := pipe(t)
	reader.Close()
	if _, err := writer.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Fatalf("the write ended with %v", err)
	}
}

func TestFileOnADiskIsRefused(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := Wrap(file); err == nil {
		t.Fatal("a file that cannot be waited for was taken")
	}
}
