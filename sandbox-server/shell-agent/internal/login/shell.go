// Package login makes the command of a learner's shell.
package login

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"podium.dev/sandbox-server/shell-agent/internal/pty"
)

// In the order in which people would want them, after their own choice.
var shells = []string{"/bin/bash", "/bin/zsh", "/bin/ash", "/bin/sh"}

// What every terminal says of itself.
var terminalVariables = []string{"TERM=xterm-256color", "COLORTERM=truecolor"}

// Command starts a login shell in the home. The preparation is a script of /bin/sh that runs before it, in a process
// of its own; it is skipped when empty or where there is no /bin/sh.
func Command(preparation string, environment []string) pty.Command {
	command := pty.Command{Env: withTerminal(environment), Dir: existing(valueOf(environment, "HOME"))}
	shell := choose(valueOf(environment, "SHELL"))
	if preparation == "" || !isProgram("/bin/sh") {
		command.Argv = []string{shell, "-l"}
		return command
	}
	script := "(" + preparation + "\n)\nexec \"$0\" -l"
	command.Argv = []string{"/bin/sh", "-c", script, shell}
	return command
}

func choose(own string) string {
	for _, candidate := range append([]string{own}, shells...) {
		if strings.HasPrefix(candidate, "/") && isProgram(candidate) {
			return candidate
		}
	}
	return "/bin/sh"
}

func isProgram(path string) bool {
	found, err := os.Stat(path)
	return err == nil && found.Mode().IsRegular() && unix.Access(path, unix.X_OK) == nil
}

func existing(directory string) string {
	if found, err := os.Stat(directory); err == nil && found.IsDir() {
		return directory
	}
	return "/"
}

func valueOf(environment []string, name string) string {
	for _, entry := range environment {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value
		}
	}
	return ""
}

func withTerminal(environment []string) []string {
	var kept []string
	for _, entry := range environment {
		if !strings.HasPrefix(entry, "TERM=") && !strings.HasPrefix(entry, "COLORTERM=") {
			kept = append(kept, entry)
		}
	}
	return append(kept, terminalVariables...)
}
