package wire

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func FuzzReaderTakesAnything(f *testing.F) {
	f.Add(Append(nil, Frame{Channel: 1, Type: Input, Number: 2, Body: []byte("ls\r")}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(AppendControl(nil, 0, Names{Type: "terminals"}))
	f.Fuzz(func(t *testing.T, octets []byte) {
		reader := NewReader(bytes.NewReader(octets))
		var again []byte
		for {
			frame, err := reader.Next()
			if err == nil {
				again = Append(again, frame)
				_, _ = DecodeOrder(frame.Body)
				continue
			}
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrFrame) {
				t.Fatalf("an error of no kind: %v", err)
			}
			break
		}
		if !bytes.HasPrefix(octets, again) {
			t.Fatalf("%x was read as %x", octets, again)
		}
	})
}

func FuzzOrderIsCheckedWhole(f *testing.F) {
	f.Add([]byte(`{"type":"open","terminal":"1","client":"abcdefgh","device":"","wish":"write","columns":80,"rows":24}`))
	f.Add([]byte(`{"type":"resize","columns":1e9,"rows":-1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		order, err := DecodeOrder(body)
		if err != nil {
			return
		}
		if (order.Type == "open" || order.Type == "resize") && (order.Columns < 1 || order.Columns > MaxColumns) {
			t.Fatalf("a terminal of %d columns", order.Columns)
		}
	})
}
