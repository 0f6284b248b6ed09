package agent

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/terminal"
	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

// How long an agent may take to answer a hello.
const answerLimit = 5 * time.Second

// Ask returns nil when the agent behind the socket answers a hello.
func Ask(path string) error {
	theirInput, ourOutput, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ourOutput.Close()
	ourInput, theirOutput, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ourInput.Close()
	handedOver := make(chan error, 1)
	go func() {
		defer theirInput.Close()
		defer theirOutput.Close()
		handedOver <- HandOver(path, theirInput, theirOutput)
	}()
	answered := make(chan error, 1)
	go func() { answered <- sayHello(ourInput, ourOutput) }()
	select {
	case err := <-answered:
		return err
	case err := <-handedOver:
		return fmt.Errorf("the agent does not answer: %w", err)
	case <-time.After(answerLimit):
		return fmt.Errorf("the agent has not answered within %s", answerLimit)
	}
}

func sayHello(input, output *os.File) error {
	hello := wire.Order{Type: "hello", Versions: wire.Versions, Server: "ready-" + terminal.RandomID()}
	if _, err := output.Write(wire.AppendControl(nil, 0, hello)); err != nil {
		return err
	}
	frame, err := wire.NewReader(input).Next()
	if err != nil {
		return err
	}
	var answer wire.Hello
	if err := json.Unmarshal(frame.Body, &answer); err != nil {
		return err
	}
	if answer.Type != "hello" {
		return fmt.Errorf("the agent answered %q", answer.Type)
	}
	return nil
}
