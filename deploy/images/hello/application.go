package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

type application struct {
	settings settings
	logger   *slog.Logger
	ready    atomic.Bool
	healthy  atomic.Bool
}

func newApplication(settings settings, logger *slog.Logger) *application {
	application := &application{settings: settings, logger: logger}
	application.healthy.Store(true)
	return application
}

func (a *application) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", a.probe(&a.healthy))
	routes.HandleFunc("GET /readyz", a.probe(&a.ready))
	// For lessons on probes: these make the probe fail or pass again.
	routes.HandleFunc("POST /healthz/{state}", a.setProbe(&a.healthy))
	routes.HandleFunc("POST /readyz/{state}", a.setProbe(&a.ready))
	routes.HandleFunc("/", a.greet)
	return a.logged(routes)
}

func (a *application) greet(response http.ResponseWriter, _ *http.Request) {
	response.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(response, "%s | Running on: %s | v=%s\n", a.settings.greeting, a.settings.host, a.settings.version)
}

func (a *application) probe(state *atomic.Bool) http.HandlerFunc {
	return func(response http.ResponseWriter, _ *http.Request) {
		if !state.Load() {
			http.Error(response, "failing", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(response, "ok")
	}
}

func (a *application) setProbe(state *atomic.Bool) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		switch request.PathValue("state") {
		case "pass":
			state.Store(true)
		case "fail":
			state.Store(false)
		default:
			http.Error(response, "say pass or fail", http.StatusNotFound)
			return
		}
		response.WriteHeader(http.StatusNoContent)
	}
}

// statusRecorder remembers the status for the log.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (a *application) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		started := time.Now()
		recorder := &statusRecorder{ResponseWriter: response, status: http.StatusOK}
		next.ServeHTTP(recorder, request)
		a.logger.Info("request", "method", request.Method, "path", request.URL.Path,
			"status", recorder.status, "milliseconds", time.Since(started).Milliseconds())
	})
}
