// Package wire speaks the hop between server and agent: frames behind a length, several attachments on one stream.
// Specified in content/docs/reference/terminal-protocol.md.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Types of frames. Control has the number 0 and a JSON object as its body.
const (
	Control  byte = 0
	Output   byte = 1
	Input    byte = 2
	Screen   byte = 3
	Accepted byte = 4
	Ack      byte = 5
)

const (
	// MaxBody is the most that one frame may carry; a larger one ends the connection.
	MaxBody = 64 << 10
	// MaxChunk is the most output or screen in one frame: small enough that control is never long behind it.
	MaxChunk = 32 << 10

	lengthBytes = 4
	// Channel, type and number, which the length counts too.
	headerBytes = 4 + 1 + 8
)

// ErrFrame is wrapped by every error about what the other side sent.
var ErrFrame = errors.New("a rule of the protocol is broken")

// Frame is one frame of either direction.
type Frame struct {
	Channel uint32
	Type    byte
	Number  uint64
	Body    []byte
}

// Append adds the frame's octets to dst. The body must not be longer than MaxBody.
func Append(dst []byte, f Frame) []byte {
	dst = AppendHeader(dst, f, len(f.Body))
	return append(dst, f.Body...)
}

// AppendHeader adds all but the body, which has the given length and is added by the caller.
func AppendHeader(dst []byte, f Frame, bodyBytes int) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(headerBytes+bodyBytes))
	dst = binary.BigEndian.AppendUint32(dst, f.Channel)
	dst = append(dst, f.Type)
	return binary.BigEndian.AppendUint64(dst, f.Number)
}

// Reader takes frames from a stream.
type Reader struct {
	source io.Reader
	buffer []byte
}

// NewReader reads from source, which should be buffered.
func NewReader(source io.Reader) *Reader {
	return &Reader{source: source}
}

// Next returns the next frame; its body is valid until the next call. io.EOF only between two frames.
func (r *Reader) Next() (Frame, error) {
	var head [lengthBytes + headerBytes]byte
	if _, err := io.ReadFull(r.source, head[:]); err != nil {
		return Frame{}, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < headerBytes || length > headerBytes+MaxBody {
		return Frame{}, fmt.Errorf("%w: a frame of %d octets", ErrFrame, length)
	}
	body := int(length - headerBytes)
	if cap(r.buffer) < body {
		r.buffer = make([]byte, max(body, 4<<10))
	}
	frame := Frame{
		Channel: binary.BigEndian.Uint32(head[4:]),
		Type:    head[8],
		Number:  binary.BigEndian.Uint64(head[9:]),
		Body:    r.buffer[:body],
	}
	if _, err := io.ReadFull(r.source, frame.Body); err != nil {
		return Frame{}, noEOF(err)
	}
	return frame, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
