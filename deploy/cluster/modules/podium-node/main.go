// podium-node has the small jobs on the cluster's node that need a static program of our own:
// the relay from the host's loopback to the API server, the probe of the policy engine,
// and the making and clearing of a volume's folder. Each is one subcommand.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// The storage provisioner can name a program but no subcommand, so the program also answers to this name.
const volumeProgram = "podium-volume"

func main() {
	if filepath.Base(os.Args[0]) == volumeProgram {
		os.Args = append([]string{os.Args[0], "volume"}, os.Args[1:]...)
	}
	commands := map[string]func([]string) error{
		"relay":  relay,
		"serve":  serve,
		"dial":   dial,
		"volume": volume,
	}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: podium-node relay|serve|dial|volume [flags]")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "podium-node %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
