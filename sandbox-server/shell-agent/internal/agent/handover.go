package agent

import (
	"errors"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"podium.dev/sandbox-server/shell-agent/internal/quietio"
)

// An exec hands its streams over as the first thing that it does.
const handOverLimit = 5 * time.Second

// receiveStreams takes the two file descriptors that `attach` sends.
func receiveStreams(socket *net.UnixConn) (streams, error) {
	if err := socket.SetReadDeadline(time.Now().Add(handOverLimit)); err != nil {
		return streams{}, err
	}
	rights := make([]byte, unix.CmsgSpace(2*4))
	_, n, _, _, err := socket.ReadMsgUnix(make([]byte, 1), rights)
	if err != nil {
		return streams{}, err
	}
	fds, err := parseRights(rights[:n])
	if err != nil {
		return streams{}, err
	}
	input, inputError := openStream(fds[0], "input")
	output, outputError := openStream(fds[1], "output")
	if err := errors.Join(inputError, outputError); err != nil {
		return streams{}, err
	}
	return streams{input, output}, socket.SetReadDeadline(time.Time{})
}

func parseRights(rights []byte) ([]int, error) {
	var fds []int
	messages, err := unix.ParseSocketControlMessage(rights)
	for _, message := range messages {
		got, rightsError := unix.ParseUnixRights(&message)
		err = errors.Join(err, rightsError)
		fds = append(fds, got...)
	}
	if err == nil && len(fds) == 2 {
		return fds, nil
	}
	for _, fd := range fds {
		unix.Close(fd)
	}
	return nil, errors.Join(err, errors.New("two streams were expected"))
}

// openStream lets reads and writes wait without a thread. An exec's descriptors are pipes, which can.
func openStream(fd int, name string) (*quietio.Stream, error) {
	unix.CloseOnExec(fd)
	_ = unix.SetNonblock(fd, true)
	file := os.NewFile(uintptr(fd), name)
	stream, err := quietio.Wrap(file)
	if err != nil {
		file.Close()
	}
	return stream, err
}

// HandOver gives the streams to the agent behind the socket and returns when it is done with them.
func HandOver(path string, input, output *os.File) error {
	socket, err := dial(path)
	if err != nil {
		return err
	}
	defer socket.Close()
	rights := unix.UnixRights(int(input.Fd()), int(output.Fd()))
	if _, _, err := socket.WriteMsgUnix([]byte{0}, rights, nil); err != nil {
		return err
	}
	_, _ = socket.Read(make([]byte, 1)) // Nothing is ever sent: its end is what is waited for.
	return nil
}

const (
	// A container runs a moment before its agent listens.
	dialLimit = 5 * time.Second
	dialPause = 5 * time.Millisecond
)

func dial(path string) (*net.UnixConn, error) {
	for deadline := time.Now().Add(dialLimit); ; time.Sleep(dialPause) {
		socket, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
		if err == nil || time.Now().After(deadline) {
			return socket, err
		}
	}
}
