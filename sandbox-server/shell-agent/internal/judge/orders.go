// Package judge asks the checks of a learner's work again whenever something that they look at has changed.
//
// It runs beside the learner's shell, out of their reach, with a token that may only read. One agent asks one check at a
// time, and asks none without a reason: what nobody changes costs nothing.
package judge

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"podium.dev/sandbox-server/shell-agent/internal/objects"
)

// Check is a script for /bin/sh that ends with 0 when the work is done.
type Check struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	// Kinds whose change is a reason to ask again. A resource `pods/log` is one more: logs change unseen.
	Needs       []objects.Kind `json:"needs"`
	TimeLimitMs int            `json:"timeLimitMs"`
}

// Result is what a check ended with; 137 when its time was up.
type Result struct {
	Check    string `json:"check"`
	ExitCode int    `json:"exitCode"`
	Output   string `json:"output"`
}

type fault struct {
	Fault string `json:"fault"`
}

// order is a line of the input: how to ask from now on, or what to watch instead of what was watched.
type order struct {
	Access *objects.Access `json:"access"`
	Checks *[]Check        `json:"checks"`
}

// All checks of a lab, each of the size that a lab may have.
const maxOrder = 16 << 20

// readOrders closes `orders` when the input ends, or after what is no order.
func readOrders(input io.Reader, orders chan<- order, failed *error) {
	defer close(orders)
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, maxOrder)
	for lines.Scan() {
		var next order
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			*failed = fmt.Errorf("an order cannot be read: %w", err)
			return
		}
		if next.Checks != nil && slices.ContainsFunc(*next.Checks, isUnlimited) {
			*failed = errors.New("a check has no time limit")
			return
		}
		orders <- next
	}
	*failed = lines.Err()
}

func isUnlimited(check Check) bool { return check.TimeLimitMs <= 0 }

func (c Check) timeLimit() time.Duration { return time.Duration(c.TimeLimitMs) * time.Millisecond }

const logSuffix = "/log"

// readsLogs says that there may be a reason to ask again though no object has changed.
func (c Check) readsLogs() bool {
	return slices.ContainsFunc(c.Needs, func(kind objects.Kind) bool { return strings.HasSuffix(kind.Resource, logSuffix) })
}

// kinds are those that are watched: whose logs are read is watched too.
func (c Check) kinds() []objects.Kind {
	kinds := make([]objects.Kind, 0, len(c.Needs))
	for _, kind := range c.Needs {
		kinds = append(kinds, objects.Kind{Group: kind.Group, Resource: strings.TrimSuffix(kind.Resource, logSuffix)})
	}
	return kinds
}
