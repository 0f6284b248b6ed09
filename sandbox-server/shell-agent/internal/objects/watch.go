package objects

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/budget"
)

// Kind is a resource as RBAC spells it: plural, with its group, which is empty for the first ones.
type Kind struct {
	Group    string `json:"group"`
	Resource string `json:"resource"`
}

// String is as kubectl spells it.
func (k Kind) String() string {
	if k.Group == "" {
		return k.Resource
	}
	return k.Resource + "." + k.Group
}

const (
	// What is asked for is when objects change, not what is in them: that may be a MiB each.
	acceptList  = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	acceptWatch = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

	firstPause = time.Second
	// Also for what will never be there, such as a kind that is misspelt.
	longestPause = 30 * time.Second
	// A watch that held for so long was no failure.
	healthyAfter = 10 * time.Second

	// Twenty pods change some hundred times while they come up. Who changes things without end is read more slowly
	// than they write, and the API server then ends the watch, which begins anew.
	eventBurst     = 300
	eventsASecond  = 20
	noVersion      = ""
	bookmark       = "BOOKMARK"
	tooOld         = http.StatusGone
	errorEventType = "ERROR"
)

// Listener hears of one kind, from one goroutine.
type Listener struct {
	// Begun is called once: from now on each change is told, or, where there was a fault, as soon as it is over.
	Begun func()
	// Changed may be called once for several changes, and where nobody knows whether anything has changed.
	Changed func()
	// Fault is why the kind cannot be watched now; it is tried again.
	Fault func(error)
}

// Watch returns when the context ends.
func (c *Client) Watch(ctx context.Context, kind Kind, listener Listener) {
	w := watcher{client: c, kind: kind, listener: listener, pace: budget.New(eventBurst, eventsASecond)}
	pause := firstPause
	for ctx.Err() == nil {
		began := time.Now()
		err := w.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		w.begin()
		if err != nil {
			listener.Fault(fmt.Errorf("%s cannot be watched: %w", kind, err))
		}
		if err == nil || time.Since(began) > healthyAfter {
			pause = firstPause
		}
		// Agents that were cut off together do not come back together.
		sleep(ctx, pause/2+rand.N(pause))
		pause = min(2*pause, longestPause)
	}
}

type watcher struct {
	client   *Client
	kind     Kind
	listener Listener
	pace     *budget.Budget
	path     string
	// Up to which change everything has been told.
	version  string
	hasBegun bool
}

func (w *watcher) begin() {
	if !w.hasBegun {
		w.hasBegun = true
		w.listener.Begun()
	}
}

// follow watches until the watch ends, and says nothing is wrong where the API server ended it in the usual way.
func (w *watcher) follow(ctx context.Context) error {
	access := w.client.current()
	if err := w.findPath(ctx, access); err != nil {
		return err
	}
	if w.version == noVersion {
		if err := w.list(ctx, access); err != nil {
			return err
		}
		if w.hasBegun {
			w.listener.Changed()
		}
		w.begin()
	}
	query := url.Values{"watch": {"true"}, "allowWatchBookmarks": {"true"}, "resourceVersion": {w.version}}
	body, err := w.client.get(ctx, access, w.path, query, acceptWatch)
	if isStatus(err, tooOld) {
		w.version = noVersion
		return nil
	}
	if err != nil {
		return err
	}
	defer body.Close()
	return w.readEvents(ctx, body)
}

// findPath asks which version of the group the API server prefers.
func (w *watcher) findPath(ctx context.Context, access Access) error {
	if w.path != "" {
		return nil
	}
	root := "/api/v1"
	if w.kind.Group != "" {
		var group struct {
			PreferredVersion struct {
				GroupVersion string `json:"groupVersion"`
			} `json:"preferredVersion"`
		}
		path := "/apis/" + url.PathEscape(w.kind.Group)
		if err := w.client.read(ctx, access, path, nil, "application/json", &group); err != nil {
			return err
		}
		root = "/apis/" + group.PreferredVersion.GroupVersion
	}
	w.path = fmt.Sprintf("%s/namespaces/%s/%s", root, url.PathEscape(access.Namespace), url.PathEscape(w.kind.Resource))
	return nil
}

// list finds out from where to watch; what there is does not matter.
func (w *watcher) list(ctx context.Context, access Access) error {
	var list struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	if err := w.client.read(ctx, access, w.path, url.Values{"limit": {"1"}}, acceptList, &list); err != nil {
		return err
	}
	w.version = list.Metadata.ResourceVersion
	return nil
}

type event struct {
	Type   string `json:"type"`
	Object struct {
		Code     int `json:"code"`
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	} `json:"object"`
}

func (w *watcher) readEvents(ctx context.Context, body io.Reader) error {
	for decoder := json.NewDecoder(body); ctx.Err() == nil; {
		var next event
		if err := decoder.Decode(&next); err != nil {
			// However the stream ended: the next watch goes on where this one was.
			return nil
		}
		if next.Type == errorEventType {
			w.version = noVersion
			if next.Object.Code == tooOld {
				return nil
			}
			return &refusal{next.Object.Code, "in the watch of " + w.path}
		}
		w.version = next.Object.Metadata.ResourceVersion
		if next.Type == bookmark {
			continue
		}
		w.listener.Changed()
		w.pace.Take(1)
		sleep(ctx, w.pace.Wait())
	}
	return ctx.Err()
}

func sleep(ctx context.Context, pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
