package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

type settings struct {
	greeting  string
	version   string
	host      string
	port      string
	stopDelay time.Duration
}

// readSettings reads the environment and returns every mistake in it at once.
func readSettings(environment func(string) string) (settings, []string) {
	var problems []string
	or := func(name, fallback string) string {
		if value := environment(name); value != "" {
			return value
		}
		return fallback
	}
	host, err := os.Hostname()
	if err != nil {
		problems = append(problems, fmt.Sprintf("the host has no name: %v", err))
	}
	port := or("PORT", "8080")
	if number, err := strconv.Atoi(port); err != nil || number < 1 || number > 65535 {
		problems = append(problems, fmt.Sprintf("PORT is %q; say a number from 1 to 65535", port))
	}
	stopDelay, err := time.ParseDuration(or("STOP_DELAY", "0s"))
	if err != nil || stopDelay < 0 {
		problems = append(problems, fmt.Sprintf("STOP_DELAY is %q; say a duration such as 5s", environment("STOP_DELAY")))
	}
	return settings{
		greeting:  or("GREETING", "Hello from Podium!"),
		version:   or("VERSION", "1"),
		host:      host,
		port:      port,
		stopDelay: stopDelay,
	}, problems
}
