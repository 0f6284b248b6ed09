// Command screens answers, for tests, what the screen model makes of output. It reads requests from standard input:
// columns, rows and a length, each u32 big-endian, then as many octets of output. The answer is a length and what
// draws the screen.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"os"

	"podium.dev/sandbox-server/shell-agent/internal/vt"
)

func main() {
	input, output := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		err := answer(input, output)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

func answer(input io.Reader, output *bufio.Writer) error {
	var request struct{ Columns, Rows, Length uint32 }
	if err := binary.Read(input, binary.BigEndian, &request); err != nil {
		return err
	}
	bytes := make([]byte, request.Length)
	if _, err := io.ReadFull(input, bytes); err != nil {
		return err
	}
	screen := vt.NewScreen(int(request.Columns), int(request.Rows))
	screen.Write(bytes)
	drawing := screen.Serialize()
	if err := binary.Write(output, binary.BigEndian, uint32(len(drawing))); err != nil {
		return err
	}
	if _, err := output.Write(drawing); err != nil {
		return err
	}
	return output.Flush()
}
