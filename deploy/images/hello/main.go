// Hello is a small web application for lessons: it has probes that can be made to fail, writes one JSON line a
// request, and stops without cutting anybody off.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// shutdownLimit is how long running requests may take after the listener is closed. With stopDelay at its largest
// usual value (10 s) it stays below the 30 s that Kubernetes grants by default.
const shutdownLimit = 15 * time.Second

// headerLimit keeps a client that sends nothing from holding a connection for ever.
const headerLimit = 5 * time.Second

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	settings, problems := readSettings(os.Getenv)
	for _, problem := range problems {
		logger.Error("bad setting", "problem", problem)
	}
	if len(problems) > 0 {
		os.Exit(2)
	}
	if err := run(settings, logger); err != nil {
		logger.Error("stopped by an error", "error", err.Error())
		os.Exit(1)
	}
}

// run serves until SIGTERM or SIGINT, then: not ready at once, stopDelay for the endpoints to be taken out of
// Services, then no new connections, then the requests that are still running.
func run(settings settings, logger *slog.Logger) error {
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	application := newApplication(settings, logger)
	listener, err := net.Listen("tcp", ":"+settings.port)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: application.routes(), ReadHeaderTimeout: headerLimit}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	application.ready.Store(true)
	logger.Info("listening", "port", settings.port, "version", settings.version)

	select {
	case err := <-served:
		return err
	case <-stopping.Done():
	}
	stop()
	application.ready.Store(false)
	logger.Info("stopping", "delay", settings.stopDelay.String())
	time.Sleep(settings.stopDelay)
	limited, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	if err := server.Shutdown(limited); err != nil {
		return errors.New("requests were still running after " + shutdownLimit.String())
	}
	logger.Info("stopped")
	return nil
}
